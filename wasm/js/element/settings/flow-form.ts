import { html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { choiceOptions } from "../common/choices.js";
import type { Desk, Problem } from "../common/desk.js";
import { fieldError, formError, options } from "../common/field-form.js";
import { lineField, selectField } from "../common/fields.js";
import { icon, type IconName } from "../common/icons.js";
import { number } from "../common/locale.js";
import type { MenuItem } from "../common/menu.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Flow, FlowAction, FlowCondition, FlowTrigger } from "../common/types.js";
import { flows as words } from "../strings/en/flows.js";
import { base } from "../styles/base.css.js";
import { flowFormStyles } from "./flow-form.css.js";
import { ACTIONS, actionFields, hasTexts } from "./flow-actions.js";
import {
  type FlowForm as Form,
  type Row,
  TAGS,
  added,
  choiceOf,
  draftOf,
  formOf,
  moved,
  newAction,
  subjectOf,
  typedInto,
  valuesOf,
} from "./flow-form-state.js";
import { flowText, messageChannels, valueChoices } from "./flow-text.js";

/** The fields of the form, as the core names them, that show a refusal themselves. */
const SHOWN = /^(name|trigger|conditions|actions)(\/|$)/;
/** The list of tags that are offered. */
const OFFERED = "offered-tags";

/**
 * Changes a flow, or makes a new one.
 * @fires done when it is saved, or given up
 */
export class FlowForm extends Part {
  static override styles = [base, flowFormStyles];

  /** The flow to change; without one a new one is made. */
  @property({ attribute: false }) flow: Flow | undefined;

  @state() private filled: Form = formOf(undefined);
  @state() private problem: Problem | undefined;

  @query("form") private readonly form!: HTMLFormElement;

  /** The text that a placeholder goes into: the one that last had the caret. */
  private text: HTMLInputElement | HTMLTextAreaElement | undefined;

  protected override willUpdate(): void {
    if (!this.hasUpdated) this.filled = formOf(this.flow);
  }

  protected override firstUpdated(): void {
    this.focusOn("name");
  }

  protected override render(): unknown {
    const { desk, problem, filled } = this;
    if (!desk) return nothing;
    const { conditions, actions } = filled;
    return html`<form @submit=${this.onSubmit} @input=${this.onInput} @focusin=${this.onFocus}>
      <div class="form">
        ${lineField("name", words().name, problem, { value: filled.name, hint: words().nameHint })}
      </div>
      ${this.renderTrigger(desk, filled.trigger)}
      <section aria-label=${words().only}>
        <h3>${words().only}</h3>
        ${conditions.length > 0 ? html`<p class="hint small">${words().onlyHint}</p>` : nothing}
        <ol>
          ${repeat(
            conditions,
            ({ key }) => key,
            ({ it }, at) => this.renderCondition(desk, it, at),
          )}
        </ol>
        ${fieldError(problem, "conditions")}
        <p>
          <button type="button" id="add-condition" class="plain" @click=${this.onAddCondition}>
            ${icon("plus")} ${words().addCondition}
          </button>
        </p>
      </section>
      <section aria-label=${words().then}>
        <h3>${words().then}</h3>
        ${actions.length > 1 ? html`<p class="hint small">${words().thenHint}</p>` : nothing}
        <ol>
          ${repeat(
            actions,
            ({ key }) => key,
            ({ it }, at) => this.renderAction(desk, it, at),
          )}
        </ol>
        ${fieldError(problem, "actions")}
        <p>
          <threadline-menu
            id="add-action"
            look=""
            .desk=${desk}
            .label=${words().addAction}
            .items=${() => this.actionItems(desk)}
            >${icon("plus")} ${words().addAction}</threadline-menu
          >
        </p>
      </section>
      ${actions.length > 0 ? html`<p class="summary">${flowText(read(filled), desk)}</p>` : nothing}
      ${problem && SHOWN.test(problem.field ?? "") ? nothing : formError(problem, [])}
      <div class="actions">
        <button class="primary">${strings.save}</button>
        <button type="button" class="plain" @click=${this.onDone}>${strings.cancel}</button>
      </div>
      <datalist id=${OFFERED}>
        ${desk.settings.tags.map(({ id, name }) => html`<option value=${name || id}></option>`)}
      </datalist>
    </form>`;
  }

  private renderTrigger(desk: Desk, trigger: FlowTrigger): TemplateResult {
    return html`<div class="form">
      ${selectField("trigger", words().when, undefined, options(words().triggers, trigger.type))}
      ${keyed(trigger.type, this.renderChoice(desk, trigger))}
    </div>`;
  }

  private renderChoice(desk: Desk, trigger: FlowTrigger): unknown {
    const { type } = trigger;
    const { any, choices } = words();
    const { purposes, taskTypes } = desk.settings;
    const given = { field: "trigger" };
    const chosen = choiceOf(trigger);
    const select = (offered: unknown, label: string): TemplateResult =>
      selectField(
        "choice",
        label,
        this.problem,
        html`<option value="">${any}</option>
          ${offered}`,
        given,
      );
    switch (type) {
      case "message_received":
        return select(options(messageChannels(), chosen), choices[type]);
      case "topic_logged":
        return select(choiceOptions(purposes, chosen, strings.purposes), choices[type]);
      case "task_done":
        return select(choiceOptions(taskTypes, chosen, strings.taskTypes), choices[type]);
      case "tag_added":
        return lineField("choice", choices[type], this.problem, {
          ...given,
          value: chosen,
          hint: any,
          list: OFFERED,
        });
      default:
        return nothing;
    }
  }

  private renderCondition(desk: Desk, condition: FlowCondition, at: number): TemplateResult {
    const { tests, tagTests, values } = words();
    const subject = subjectOf(condition);
    const prefix = `conditions/${at}`;
    const n = number(at + 1);
    const chosen = valueChoices(subject, desk);
    const text = condition.type === "tag" ? condition.tag : condition.text;
    const offered: Record<string, string> =
      condition.type === "tag" ? tagTests : chosen ? { is: tests.is, is_not: tests.is_not } : tests;
    const test =
      condition.type === "value" ? condition.test : condition.present ? "has" : "has_not";
    const names = [...valuesOf(this.filled.trigger), TAGS] as const;
    const known = Object.fromEntries(names.map((name) => [name, values[name]]));
    return html`<li>
      <div class="condition" role="group" aria-label=${words().condition(n)}>
        <select name="${prefix}/name" aria-label=${words().what}>
          ${options({ ...known, ...(subject in known ? {} : { [subject]: subject }) }, subject)}
        </select>
        ${keyed(
          Object.keys(offered).join(),
          html`<select name="${prefix}/test" aria-label=${words().how}>
            ${options(offered, test)}
          </select>`,
        )}
        ${keyed(
          subject,
          chosen
            ? html`<select name="${prefix}/text" aria-label=${words().value}>
                ${options(text in chosen ? chosen : { ...chosen, [text]: text }, text)}
              </select>`
            : html`<input
                name="${prefix}/text"
                dir="auto"
                aria-label=${words().value}
                list=${subject === TAGS || subject === "tag" ? OFFERED : nothing}
                placeholder=${subject === TAGS ? nothing : strings.conflict.empty}
                .value=${text}
              />`,
        )}
        ${this.renderButton("close", words().removeCondition(n), false, () => {
          const conditions = this.filled.conditions.filter((_, each) => each !== at);
          this.fill({ conditions });
          this.focusOn("add-condition");
        })}
      </div>
      ${["name", "tag", "text"].map((field) => fieldError(this.problem, `${prefix}/${field}`))}
    </li>`;
  }

  private renderAction(desk: Desk, action: FlowAction, at: number): TemplateResult {
    const { actions } = this.filled;
    const what = words().action(number(at + 1), words().actions[action.type]);
    const move = (by: 1 | -1): void => {
      this.fill({ actions: moved(actions, at, by) });
      this.focusOn(`${by < 0 ? "up" : "down"}-${at + by}`, `${by < 0 ? "down" : "up"}-${at + by}`);
    };
    return html`<li>
      <div class="card action" role="group" aria-label=${what}>
        <div class="line">
          <h4 class="grow">${what}</h4>
          ${
            hasTexts(action)
              ? html`<threadline-menu
                  .desk=${desk}
                  .label=${words().insert}
                  .items=${() => this.valueItems(at)}
                  >${icon("code")} <span class="insert">${words().insert}</span></threadline-menu
                >`
              : nothing
          }
          ${this.renderButton("up", words().moveUp(what), at === 0, () => move(-1), `up-${at}`)}
          ${this.renderButton(
            "down",
            words().moveDown(what),
            at === actions.length - 1,
            () => move(1),
            `down-${at}`,
          )}
          ${this.renderButton("trash", words().removeAction(what), false, () => {
            this.fill({ actions: actions.filter((_, each) => each !== at) });
            this.focusOn("add-action");
          })}
        </div>
        ${
          action.type === "close" || action.type === "reopen"
            ? nothing
            : html`<div class="form">${actionFields(action, at, desk, this.problem, OFFERED)}</div>`
        }
        ${fieldError(this.problem, `actions/${at}`)}
      </div>
    </li>`;
  }

  private renderButton(
    name: IconName,
    label: string,
    disabled: boolean,
    run: () => void,
    id?: string,
  ): TemplateResult {
    return html`<button
      id=${id ?? nothing}
      class="plain icon-only"
      type="button"
      aria-label=${label}
      title=${label}
      ?disabled=${disabled}
      @click=${run}
    >
      ${icon(name)}
    </button>`;
  }

  private actionItems({ settings }: Desk): MenuItem[] {
    const first = (choices: { id: string; archived: boolean }[]): string =>
      choices.find(({ archived }) => !archived)?.id ?? "";
    return ACTIONS.map((type) => ({
      text: words().actions[type],
      run: () => {
        const action = newAction(type, first(settings.taskTypes), first(settings.purposes));
        this.fill({ actions: added(this.filled.actions, action) });
        this.focusOn(...fieldsAt(this.filled.actions.length - 1), "add-action");
      },
    }));
  }

  private valueItems(at: number): MenuItem[] {
    return valuesOf(this.filled.trigger).map((name) => ({
      text: words().values[name],
      run: () => this.insert(at, `{{${name}}}`),
    }));
  }

  /** Puts a placeholder into a text of an action, where the caret stands. */
  private insert(at: number, placeholder: string): void {
    const isHere = this.text?.name.startsWith(`actions/${at}/`) && this.text.isConnected;
    const text = isHere ? this.text : this.fieldOf(fieldsAt(at));
    if (!(text instanceof HTMLInputElement || text instanceof HTMLTextAreaElement)) return;
    text.setRangeText(placeholder, text.selectionStart ?? 0, text.selectionEnd ?? 0, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  private fieldOf(ids: readonly string[]): HTMLElement | undefined {
    const found = ids.map((id) => this.renderRoot.querySelector<HTMLElement>(`[id="${id}"]`));
    return found.find((each) => each && !each.matches(":disabled")) ?? undefined;
  }

  /** Puts the focus on the first of these that is there once the form is drawn. */
  private focusOn(...ids: string[]): void {
    void this.updateComplete.then(() => {
      const field = this.fieldOf(ids);
      (field?.shadowRoot?.querySelector<HTMLElement>("button") ?? field)?.focus();
    });
  }

  /** Adds, moves or removes rows. What was refused of them may be of another one now. */
  private fill(rows: Partial<Pick<Form, "conditions" | "actions">>): void {
    this.filled = { ...this.filled, ...rows };
    this.problem = undefined;
  }

  private readonly onAddCondition = (): void => {
    const conditions = added<FlowCondition>(this.filled.conditions, {
      type: "value",
      name: "message.subject",
      test: "contains",
      text: "",
    });
    this.fill({ conditions });
    void this.updateComplete.then(() => {
      const name = `conditions/${conditions.length - 1}/name`;
      this.renderRoot.querySelector<HTMLElement>(`[name="${name}"]`)?.focus();
    });
  };

  private readonly onFocus = (event: FocusEvent): void => {
    const { target } = event;
    if (target instanceof HTMLTextAreaElement) this.text = target;
    if (target instanceof HTMLInputElement && target.type === "text") this.text = target;
  };

  private readonly onInput = (): void => {
    const { desk } = this;
    if (!desk) return;
    const data = new FormData(this.form);
    const first = (value: string): string | undefined => {
      const choices = valueChoices(value, desk);
      return choices && Object.keys(choices)[0];
    };
    this.filled = typedInto(this.filled, (name) => String(data.get(name) ?? ""), first);
  };

  private readonly onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { desk } = this;
    if (!desk) return;
    // Somebody may have switched it since.
    const known = desk.settings.flows.find(({ id }) => id === this.flow?.id) ?? this.flow;
    const attempt = desk.attempt({ type: "put_flow", flow: draftOf(this.filled, known) });
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    if (this.problem) this.focusOn(this.problem.field ?? "");
    else this.onDone();
  };

  private readonly onDone = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** What a form says, without the keys of its rows. */
function read({
  trigger,
  conditions,
  actions,
}: Form): Pick<Flow, "trigger" | "conditions" | "actions"> {
  const all = <T>(rows: readonly Row<T>[]): T[] => rows.map(({ it }) => it);
  return { trigger, conditions: all(conditions), actions: all(actions) };
}

/** The fields an action may begin with. */
function fieldsAt(at: number): string[] {
  const fields = ["title", "subject", "text", "tag", "owner", "team", "priority"];
  return fields.map((field) => `actions/${at}/${field}`);
}
