import { html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import type { ViewElement } from "../commands/command.js";
import { blank } from "../common/blank.js";
import { choiceName } from "../common/choices.js";
import { ClientListener } from "../common/client-listener.js";
import type { Desk } from "../common/desk.js";
import { avatar } from "../common/format.js";
import { icon } from "../common/icons.js";
import type { MenuItem } from "../common/menu.js";
import { options } from "../common/field-form.js";
import { withContact } from "../common/held.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { BoardDeal, BoardSum, Choice, OpportunityStatus, Pipeline } from "../common/types.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { moneyText } from "../opportunity/money.js";
import { elements as form } from "../opportunity/opportunity-form.js";
import { offeredStages, pipelineName, stageName } from "../opportunity/stages.js";
import { pipeline as words } from "../strings/en/pipeline.js";
import { base } from "../styles/base.css.js";
import { pipelineStyles } from "./pipeline-view.css.js";

/** The board of opportunities: a column for each stage, cards that move by pointer and by menu. */
export class PipelineView extends Part implements ViewElement {
  static override styles = [base, viewStyles, pipelineStyles];

  /** The pipeline's id; the first one where nothing was chosen. */
  @state() private pipeline: string | undefined;
  @state() private status: OpportunityStatus = "open";
  @state() private owner = "";
  @state() private search = "";
  /** The deal beside the board, or `new`. */
  @state() private opened: BoardDeal | "new" | undefined;
  /** The stage that a card is held over. */
  @state() private over: string | undefined;

  @query("input[type=search]") private readonly searchField!: HTMLInputElement | null;

  private dragged: BoardDeal | undefined;

  constructor() {
    super();
    const update = (): void => this.requestUpdate();
    new ClientListener(this, {
      rows: update,
      changed: ({ detail: { doc } }) => {
        if (doc === "workspace") update();
      },
    });
  }

  focusSearch(): void {
    this.searchField?.focus();
  }

  /** One step back: the deal beside the board. */
  back(): boolean {
    const was = this.opened !== undefined;
    this.opened = undefined;
    return was;
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const { pipelines } = desk.client.reads.settings();
    const shown = pipelines.filter(({ archived }) => !archived);
    const pipeline = shown.find(({ id }) => id === this.pipeline) ?? shown[0];
    const writes = desk.client.member?.role !== "viewer";
    return viewFrame(
      strings.views.pipeline,
      writes
        ? html`<button
            class="primary"
            aria-label=${words().new}
            @click=${() => (this.opened = "new")}
          >
            ${icon("plus")} <span class="words">${words().new}</span>
          </button>`
        : nothing,
      pipeline
        ? html`${this.renderFilters(shown, pipeline, desk)}
            <div class="content">
              ${this.renderBoard(pipeline, desk)} ${this.renderOpened(pipeline)}
            </div>`
        : blank("pipeline", words().empty),
    );
  }

  private renderFilters(pipelines: Pipeline[], chosen: Pipeline, desk: Desk): TemplateResult {
    const value = (event: Event): string => (event.target as HTMLSelectElement).value;
    return html`<div class="filters line wrap">
      ${
        pipelines.length > 1
          ? html`<select
              aria-label=${words().pipeline}
              @change=${(event: Event) => (this.pipeline = value(event))}
            >
              ${options(
                Object.fromEntries(pipelines.map((each) => [each.id, pipelineName(each)])),
                chosen.id,
              )}
            </select>`
          : nothing
      }
      <select
        aria-label=${words().filter}
        @change=${(event: Event) => (this.status = value(event) as OpportunityStatus)}
      >
        ${options(words().status, this.status)}
      </select>
      <select aria-label=${words().owner} @change=${(event: Event) => (this.owner = value(event))}>
        <option value="">${words().everyone}</option>
        ${desk.people.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
      </select>
      <input
        type="search"
        aria-label=${words().search}
        placeholder=${words().search}
        @input=${(event: Event) => (this.search = value(event))}
      />
    </div>`;
  }

  private renderBoard(pipeline: Pipeline, desk: Desk): TemplateResult {
    const { status, owner, search } = this;
    const { deals, sums } = desk.client.reads.board({
      pipeline: pipeline.id,
      status,
      search,
      ...(owner && { owners: [owner] }),
    });
    if (deals.length === 0 && (search !== "" || owner !== "" || status !== "open")) {
      return html`<div class="board">${blank("pipeline", words().nothing)}</div>`;
    }
    // A stage that is offered no longer stays on the board while deals are in it.
    const stages = pipeline.stages.filter(
      ({ id, archived }) => !archived || deals.some(({ stage }) => stage.stage === id),
    );
    return html`<div class="board" role="group" aria-label=${pipelineName(pipeline)}>
      ${stages.map((stage) =>
        this.renderStage(
          pipeline,
          stage,
          deals.filter((deal) => deal.stage.stage === stage.id),
          sums.find((sum) => sum.stage === stage.id),
        ),
      )}
    </div>`;
  }

  private renderStage(
    pipeline: Pipeline,
    stage: Choice,
    deals: BoardDeal[],
    sum: BoardSum | undefined,
  ): TemplateResult {
    const name = choiceName(stage, words().stages);
    return html`<section
      class="stage ${this.over === stage.id ? "over" : ""}"
      aria-label=${name}
      @dragover=${(event: DragEvent) => this.onDragOver(event, stage)}
      @dragleave=${() => (this.over = undefined)}
      @drop=${(event: DragEvent) => this.onDrop(event, stage)}
    >
      <header>
        <h3 class="clip" dir="auto">${name}</h3>
        <p class="sum">
          ${words().deals(sum?.count ?? 0)}${sum?.values.map((each) => html` · ${moneyText(each)}`)}
        </p>
      </header>
      <ul class="deals">
        ${deals.map((deal) => html`<li>${this.renderDeal(pipeline, deal)}</li>`)}
      </ul>
    </section>`;
  }

  private renderDeal(pipeline: Pipeline, deal: BoardDeal): TemplateResult {
    const { desk } = this;
    return html`<article
      class="card deal"
      aria-label=${deal.title}
      draggable=${deal.status === "open"}
      @dragstart=${(event: DragEvent) => this.onDrag(event, deal)}
      @dragend=${() => (this.dragged = this.over = undefined)}
    >
      <button class="open" dir="auto" @click=${() => (this.opened = deal)}>${deal.title}</button>
      <threadline-menu
        look="plain icon-only"
        .label=${words().actionsOf(deal.title)}
        .items=${() => this.items(pipeline, deal)}
        >${icon("more")}</threadline-menu
      >
      <div class="about">
        <p class="muted clip" dir="auto">${deal.name}</p>
        <p class="line">
          <strong class="grow">${moneyText(deal.value)}</strong>
          ${deal.expected ? html`<span class="faint small">${deal.expected}</span>` : nothing}
          ${
            deal.owner
              ? html`<span title=${desk?.nameOf(deal.owner) ?? ""}
                  >${avatar(desk?.nameOf(deal.owner) ?? "", deal.owner, "tiny")}</span
                >`
              : nothing
          }
        </p>
      </div>
    </article>`;
  }

  private renderOpened(pipeline: Pipeline): unknown {
    const { desk, opened } = this;
    if (!opened) return nothing;
    const close = (): void => void (this.opened = undefined);
    return html`<aside aria-label=${opened === "new" ? words().new : opened.title}>
      ${
        opened === "new"
          ? html`<threadline-opportunity-form
              .desk=${desk}
              .pipeline=${pipeline.id}
              @done=${close}
            ></threadline-opportunity-form>`
          : html`<threadline-opportunity-form
              .desk=${desk}
              .contact=${opened.contact}
              .opportunity=${opened.id}
              @done=${close}
            ></threadline-opportunity-form>`
      }
    </aside>`;
  }

  /** What can be done with a deal by keyboard: the moves that the pointer has, and its card. */
  private items(pipeline: Pipeline, deal: BoardDeal): MenuItem[] {
    const moves = offeredStages(pipeline).map((stage): MenuItem => {
      const text = words().moveTo(choiceName(stage, words().stages));
      return {
        text,
        checked: stage.id === deal.stage.stage,
        run: () => void this.moveDeal(deal, stage.id),
      };
    });
    const open: MenuItem = {
      text: words().opened(deal.title),
      icon: "pencil",
      run: () => (this.opened = deal),
    };
    return deal.status === "open" ? [...moves, { text: "" }, open] : [open];
  }

  private onDrag(event: DragEvent, deal: BoardDeal): void {
    this.dragged = deal;
    event.dataTransfer?.setData("text/plain", deal.title);
  }

  private onDragOver(event: DragEvent, stage: Choice): void {
    if (!this.dragged || stage.archived) return;
    event.preventDefault();
    this.over = stage.id;
  }

  private onDrop(event: DragEvent, stage: Choice): void {
    event.preventDefault();
    if (this.dragged) void this.moveDeal(this.dragged, stage.id);
    this.dragged = this.over = undefined;
  }

  /** Moves a deal. Its contact's document comes into memory for it, when it is not there. */
  private async moveDeal(deal: BoardDeal, stage: string): Promise<void> {
    const { desk } = this;
    if (!desk || deal.stage.stage === stage) return;
    const value = { ...deal.stage, stage };
    const moved = await withContact(desk, deal.contact, {
      type: "set_opportunity_field",
      opportunity: deal.id,
      set: { field: "stage", value },
    });
    if (!moved) return;
    const name = stageName(desk.client.reads.settings(), value);
    desk.notify({
      text: words().moved(deal.title, name),
      action: {
        label: strings.undo,
        run: () => void this.moveDeal({ ...deal, stage: value }, deal.stage.stage),
      },
    });
  }
}

/** What the view is made of. */
export const elements = { ...form, "threadline-pipeline": PipelineView };
