import { html, nothing, type TemplateResult } from "lit";
import { choiceName } from "../common/choices.js";
import { fieldError, fieldsOfForm, formError } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import type { ChoiceDraft, Pipeline } from "../common/types.js";
import { pipeline as pipelineWords } from "../strings/en/pipeline.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { Section, sectionStyles } from "./section.js";

/** The ways of deals, with their stages. */
export class Pipelines extends Section {
  static override styles = [base, sectionStyles];

  protected override render(): unknown {
    const { settings } = this;
    if (!settings) return nothing;
    return html`
      ${settings.pipelines.map((pipeline) => this.renderPipeline(pipeline))}
      ${
        this.readOnly
          ? nothing
          : html`<form class="block line" @submit=${this.onAdd}>
              <input
                class="grow"
                name="name"
                aria-label=${words().newPipeline}
                placeholder=${words().newPipeline}
              />
              <button>${icon("plus")} ${words().addEntry}</button>
            </form>`
      }
      ${formError(this.problem, ["currency"])}
    `;
  }

  private renderPipeline(pipeline: Pipeline): TemplateResult {
    const name = choiceName(pipeline, pipelineWords().pipelines);
    const { archived } = pipeline;
    return html`<section class="block" aria-label=${name}>
      <form
        class="form"
        @change=${(event: Event) => (event.currentTarget as HTMLFormElement).requestSubmit()}
        @submit=${(event: SubmitEvent) => {
          const typed = fieldsOfForm(event);
          this.write(pipeline, {
            name: typed("name"),
            currency: typed("currency").toUpperCase(),
          });
        }}
      >
        <div>
          <label>
            ${words().name}
            <input name="name" .value=${name} ?disabled=${this.readOnly} />
          </label>
        </div>
        <div>
          <label>
            ${words().currency}
            <input
              name="currency"
              maxlength="3"
              .value=${pipeline.currency}
              ?disabled=${this.readOnly}
            />
          </label>
          ${fieldError(this.problem, "currency")}
        </div>
        ${
          this.readOnly
            ? nothing
            : html`<div class="wide actions">
                ${archived ? html`<span class="chip">${words().archived}</span>` : nothing}
                <button
                  type="button"
                  class="plain"
                  @click=${() => this.write(pipeline, { archived: !archived })}
                >
                  ${icon(archived ? "reopen" : "archive")}
                  ${archived ? words().restore(name) : words().archive(name)}
                </button>
              </div>`
        }
      </form>
      <h4 class="label">${words().stages}</h4>
      <threadline-choice-list
        .label=${words().stage}
        .choices=${pipeline.stages}
        .builtIn=${pipelineWords().stages}
        ?readonly=${this.readOnly}
        .put=${(stages: ChoiceDraft[]) => {
          this.write(pipeline, { stages });
          return this.problem;
        }}
      ></threadline-choice-list>
    </section>`;
  }

  /** Writes what is different of a pipeline; stages that are not named stay as they are. */
  private write(
    { id, name, currency, position, archived }: Pipeline,
    change: { name?: string; currency?: string; archived?: boolean; stages?: ChoiceDraft[] },
  ): void {
    const pipeline = { id, name, currency, position, archived, stages: [], ...change };
    this.put({ type: "put_pipeline", pipeline });
  }

  /** A pipeline begins with the stages that the first one has at the start. */
  private readonly onAdd = (event: SubmitEvent): void => {
    const { pipelines = [] } = this.settings ?? {};
    const stages = Object.values(pipelineWords().stages).map((name, position) => ({
      name,
      position,
    }));
    const pipeline = {
      name: fieldsOfForm(event)("name"),
      currency: pipelines[0]?.currency ?? "EUR",
      position: pipelines.length,
      stages,
    };
    if (this.put({ type: "put_pipeline", pipeline })) (event.target as HTMLFormElement).reset();
  };
}
