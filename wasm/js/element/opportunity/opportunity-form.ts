import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { choiceName } from "../common/choices.js";
import { ClientListener } from "../common/client-listener.js";
import { conflictChips } from "../common/conflict-chips.js";
import { problemOf, type Desk, type Problem } from "../common/desk.js";
import { fieldError, fieldsOfForm, formError, onEscape } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings, word } from "../common/strings.js";
import type {
  ContactCommand,
  Money,
  Opportunity,
  OpportunityField,
  WorkspaceView,
} from "../common/types.js";
import { pipeline as words } from "../strings/en/pipeline.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";
import { amountText, moneyText, parseMoney, storedMoney } from "./money.js";
import { offeredStages, pipelineName, stageKey, stageName, stageOf } from "./stages.js";

/** Contacts offered in a form at most; a search field would serve more. */
const OFFERED = 500;

const FIELDS = ["contact", "title", "value", "stage", "expected", "owner", "reason"];

const styles = css`
  form + *,
  section + * {
    margin-block-start: 14px;
  }
  .value {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 70px;
    gap: 6px;
  }
  .others {
    margin-block-end: 6px;
  }
`;

/**
 * A deal: its form, and how it ends. Without `opportunity` it makes a new one.
 * @fires done when it is to be closed
 */
export class OpportunityForm extends Part {
  static override styles = [base, conflictStyles, styles];

  /** Whose deal it is; chosen in the form where it is not given. */
  @property() contact: string | undefined;
  @property() opportunity: string | undefined;
  /** The pipeline of a new deal. */
  @property() pipeline: string | undefined;

  @state() private deal: Opportunity | undefined;
  @state() private problem: Problem | undefined;
  /** How it is about to end. */
  @state() private ending: "won" | "lost" | undefined;

  /** The contact that is held in memory for this form. */
  private held: string | undefined;

  constructor() {
    super();
    new ClientListener(this, {
      changed: ({ detail: { doc } }) => {
        if (doc === `contact:${this.contact}`) this.read();
      },
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.hold(undefined);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("contact") || changed.has("desk")) this.hold(this.contact);
    if (changed.has("opportunity")) this.problem = this.ending = undefined;
    if (changed.has("contact") || changed.has("opportunity")) this.read();
  }

  protected override render(): unknown {
    const { desk, deal } = this;
    if (!desk || (this.opportunity && !deal)) return nothing;
    const settings = desk.client.reads.settings();
    const title = deal ? words().edit : words().new;
    const over = deal !== undefined && deal.status !== "open";
    return html`<form
        class="form"
        aria-label=${title}
        @submit=${this.onSubmit}
        @keydown=${onEscape(() => this.done())}
      >
        <h3 class="wide">${title}</h3>
        ${this.contact === undefined ? this.renderContact(desk) : nothing}
        <div class="wide">
          <label for="title">${words().title}</label>
          <input id="title" name="title" dir="auto" .value=${deal?.title ?? ""} ?disabled=${over} />
          ${fieldError(this.problem, "title")}
        </div>
        ${this.renderValue(deal?.value, settings, over)} ${this.renderStage(deal, settings, over)}
        <div>
          <label for="expected">${words().expected}</label>
          <input
            id="expected"
            name="expected"
            type="date"
            .value=${deal?.expected ?? ""}
            ?disabled=${over}
          />
          ${fieldError(this.problem, "expected")}
        </div>
        <div>
          <label for="owner">${words().owner}</label>
          <select id="owner" name="owner" ?disabled=${over}>
            <option value="">${strings.nobody}</option>
            ${desk.people.map(
              ({ id, name }) =>
                html`<option value=${id} ?selected=${id === (deal ? deal.owner : desk.me)}>
                  ${name}
                </option>`,
            )}
          </select>
          ${fieldError(this.problem, "owner")}
        </div>
        ${formError(this.problem, FIELDS)}
        <div class="wide actions">
          ${
            over
              ? nothing
              : html`<button class="primary">${deal ? strings.save : words().create}</button>`
          }
          <button type="button" class="plain" @click=${() => this.done()}>
            ${over ? strings.close : strings.cancel}
          </button>
        </div>
      </form>
      ${deal ? this.renderDeal(deal, desk, settings) : nothing}`;
  }

  private renderContact(desk: Desk): TemplateResult {
    const { contacts } = desk.client.reads.contacts({ sort: "name", limit: OFFERED });
    return html`<div class="wide">
      <label for="contact">${words().contact}</label>
      <select id="contact" name="contact" required>
        <option value=""></option>
        ${contacts.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
      </select>
      ${fieldError(this.problem, "contact")}
    </div>`;
  }

  private renderValue(value: Money | undefined, settings: WorkspaceView, over: boolean): unknown {
    const pipeline = settings.pipelines.find(({ id }) => id === this.pipeline);
    const currency = value?.currency ?? (pipeline ?? settings.pipelines[0])?.currency ?? "EUR";
    return html`<div>
      <label for="value">${words().value}</label>
      <div class="value">
        <input
          id="value"
          name="value"
          inputmode="decimal"
          .value=${value ? amountText(value) : "0"}
          ?disabled=${over}
        />
        <input
          name="currency"
          maxlength="3"
          aria-label=${words().currency}
          .value=${currency}
          ?disabled=${over}
        />
      </div>
      ${fieldError(this.problem, "value")}
    </div>`;
  }

  private renderStage(
    deal: Opportunity | undefined,
    settings: WorkspaceView,
    over: boolean,
  ): TemplateResult {
    const pipelines = settings.pipelines.filter(
      ({ id, archived }) => !archived || id === deal?.stage.pipeline,
    );
    const chosen = deal && stageKey(deal.stage);
    return html`<div>
      <label for="stage">${words().stage}</label>
      <select id="stage" name="stage" ?disabled=${over}>
        ${pipelines.map(
          (pipeline) =>
            html`<optgroup label=${pipelineName(pipeline)}>
              ${offeredStages(pipeline).map((stage) => {
                const key = stageKey({ pipeline: pipeline.id, stage: stage.id });
                const first =
                  !deal && pipeline.id === this.pipeline && stage === pipeline.stages[0];
                return html`<option value=${key} ?selected=${key === chosen || first}>
                  ${choiceName(stage, words().stages)}
                </option>`;
              })}
            </optgroup>`,
        )}
      </select>
      ${fieldError(this.problem, "stage")}
    </div>`;
  }

  private renderDeal(deal: Opportunity, desk: Desk, settings: WorkspaceView): TemplateResult {
    const show = (field: string, value: string): string => {
      const money = field === "value" ? storedMoney(value) : undefined;
      if (money) return moneyText(money);
      if (field === "stage") return stageName(settings, stageOf(value));
      if (field === "status") return word(words().status, value);
      return field === "owner" && value ? desk.nameOf(value) : value;
    };
    return html`${conflictChips(deal.conflicts, desk, show, (field, value) =>
      this.settle(deal, field, value),
    )}
    ${this.renderOthers(deal, desk)} ${this.renderEnd(deal, settings)}`;
  }

  private renderOthers(deal: Opportunity, desk: Desk): TemplateResult {
    const { contacts } = desk.client.reads.contacts({ sort: "name", limit: OFFERED });
    const left = contacts.filter(({ id }) => id !== this.contact && !deal.contacts.includes(id));
    return html`<section aria-label=${words().others}>
      <p class="label">${words().others}</p>
      <div class="actions others">
        ${deal.contacts.map((other) => {
          const name = contacts.find(({ id }) => id === other)?.name ?? strings.unknown;
          return html`<span class="chip" dir="auto"
            >${name}
            <button
              class="link"
              aria-label=${words().removeOther(name)}
              @click=${() =>
                this.tell({ type: "remove_opportunity_contact", opportunity: deal.id, other })}
            >
              ${icon("close")}
            </button></span
          >`;
        })}
        <select
          class="quiet"
          aria-label=${words().addOther}
          @change=${(event: Event) => {
            const select = event.target as HTMLSelectElement;
            const other = select.value;
            select.value = "";
            this.tell({ type: "add_opportunity_contact", opportunity: deal.id, other });
          }}
        >
          <option value="">${words().addOther}</option>
          ${left.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
        </select>
      </div>
    </section>`;
  }

  private renderEnd(deal: Opportunity, settings: WorkspaceView): TemplateResult {
    if (deal.status !== "open") {
      return html`<p class="line">
        <span class="chip ${deal.status === "won" ? "success" : "danger"}">
          ${words().closed(words().status[deal.status], deal.reason)}
        </span>
        <button @click=${() => this.tell({ type: "reopen_opportunity", opportunity: deal.id })}>
          ${icon("reopen")} ${words().reopen}
        </button>
      </p>`;
    }
    if (!this.ending) {
      return html`<p class="actions">
        <button @click=${() => (this.ending = "won")}>${icon("check")} ${words().win}</button>
        <button class="danger" @click=${() => (this.ending = "lost")}>
          ${icon("close")} ${words().lose}
        </button>
      </p>`;
    }
    const won = this.ending === "won";
    return html`<form class="form card" @submit=${this.onEnd}>
      <div class="wide">
        <label for="reason">${words().reason}</label>
        <input id="reason" name="reason" list="reasons" dir="auto" />
        <datalist id="reasons">
          ${
            won
              ? nothing
              : settings.lostReasons
                  .filter(({ archived }) => !archived)
                  .map(
                    (each) =>
                      html`<option value=${choiceName(each, words().lostReasons)}></option>`,
                  )
          }
        </datalist>
        ${fieldError(this.problem, "reason")}
      </div>
      <div class="wide actions">
        <button class="primary">${won ? words().markWon : words().markLost}</button>
        <button type="button" class="plain" @click=${() => (this.ending = undefined)}>
          ${strings.cancel}
        </button>
      </div>
    </form>`;
  }

  private readonly onEnd = (event: SubmitEvent): void => {
    const reason = fieldsOfForm(event)("reason");
    const { opportunity } = this;
    if (!opportunity) return;
    const won = this.ending === "won";
    if (this.tell({ type: "close_opportunity", opportunity, won, reason })) this.ending = undefined;
  };

  private async onSubmit(event: SubmitEvent): Promise<void> {
    const typed = fieldsOfForm(event);
    const value = parseMoney(typed("value"), typed("currency").toUpperCase());
    if (!value) {
      this.problem = { code: "invalid", message: words().notAmount, field: "value" };
      return;
    }
    const stage = stageOf(typed("stage"));
    const owner = typed("owner");
    const { deal } = this;
    if (deal) {
      const sets: OpportunityField[] = [
        { field: "title", value: typed("title") },
        { field: "value", value },
        { field: "stage", value: stage },
        { field: "expected", value: typed("expected") },
        { field: "owner", value: owner || null },
      ];
      const wanted = sets.filter((set) => different(deal, set));
      const all = wanted.every((set) =>
        this.tell({ type: "set_opportunity_field", opportunity: deal.id, set }),
      );
      if (all) this.done();
      return;
    }
    const contact = this.contact ?? typed("contact");
    if (this.contact === undefined) await this.hold(contact);
    const draft = {
      title: typed("title"),
      stage,
      value,
      expected: typed("expected"),
      ...(owner && { owner }),
    };
    if (this.tell({ type: "create_opportunity", draft }, contact)) this.done();
  }

  private settle(deal: Opportunity, field: string, text: string): void {
    if (field === "status") {
      const opportunity = deal.id;
      const { reason } = deal;
      if (text === "open") this.tell({ type: "reopen_opportunity", opportunity });
      else this.tell({ type: "close_opportunity", opportunity, won: text === "won", reason });
    }
    const set = fieldOfText(field, text);
    if (set) this.tell({ type: "set_opportunity_field", opportunity: deal.id, set });
  }

  private tell(command: ContactCommand, contact = this.contact): boolean {
    const { desk } = this;
    if (!desk || !contact) return false;
    const attempt = desk.attempt({ contact, ...command });
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    return this.problem === undefined;
  }

  private read(): void {
    const { desk, contact, opportunity } = this;
    const view = contact ? desk?.client.contact(contact) : undefined;
    this.deal = view?.opportunities.find(({ id }) => id === opportunity);
  }

  /** Keeps a contact in memory, and no other. */
  private async hold(contact: string | undefined): Promise<void> {
    const { desk, held } = this;
    if (contact === held) return;
    this.held = undefined;
    if (held) desk?.client.contacts.close(held);
    if (!contact || !desk) return;
    try {
      await desk.client.contacts.open(contact);
      if (this.isConnected) this.held = contact;
      else desk.client.contacts.close(contact);
      this.read();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private done(): void {
    this.dispatchEvent(new Event("done"));
  }
}

function different(deal: Opportunity, set: OpportunityField): boolean {
  return JSON.stringify(deal[set.field] ?? null) !== JSON.stringify(set.value);
}

/** A field from its text, as a conflict has it. */
function fieldOfText(field: string, text: string): OpportunityField | undefined {
  switch (field) {
    case "title":
    case "expected":
      return { field, value: text };
    case "owner":
      return { field, value: text || null };
    case "stage":
      return { field, value: stageOf(text) };
    case "value": {
      const value = storedMoney(text);
      return value && { field, value };
    }
    default:
      return undefined;
  }
}

/** What the form is made of. */
export const elements = { "threadline-opportunity-form": OpportunityForm };
