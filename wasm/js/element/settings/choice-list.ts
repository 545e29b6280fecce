import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Problem } from "../common/desk.js";
import { choiceName } from "../common/choices.js";
import { fieldsOfForm, onEscape } from "../common/field-form.js";
import { icon, type IconName } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Choice, ChoiceDraft } from "../common/types.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { sectionStyles } from "./section.js";

/** Entries that can be named, ordered, archived and added to: a list of words, or a pipeline's stages. */
export class ChoiceList extends Part {
  static override styles = [base, sectionStyles];

  @property({ attribute: false }) choices: Choice[] = [];
  /** What the entries are called that everybody has from the start. */
  @property({ attribute: false }) builtIn: Readonly<Record<string, string>> = {};
  /** Writes entries. Gives the reason when it was refused. */
  @property({ attribute: false }) put: (drafts: ChoiceDraft[]) => Problem | undefined = () =>
    undefined;
  @property({ type: Boolean }) readOnly = false;
  /** What the list holds, for the names of its fields. */
  @property() label = "";

  @state() private editing: string | undefined;
  @state() private problem: Problem | undefined;

  protected override updated(): void {
    this.renderRoot.querySelector<HTMLInputElement>("#name")?.focus();
  }

  protected override render(): unknown {
    return html`<fieldset ?disabled=${this.readOnly}>
      ${
        this.choices.length === 0
          ? nothing
          : html`<ul class="entries">
              ${this.choices.map((choice, at) => this.renderEntry(choice, at))}
            </ul>`
      }
      ${
        this.readOnly
          ? nothing
          : html`<form class="line" @submit=${this.onAdd}>
              <input
                class="grow"
                name="name"
                aria-label=${words().add(this.label)}
                placeholder=${words().add(this.label)}
              />
              <button>${icon("plus")} ${words().addEntry}</button>
            </form>`
      }
      ${
        this.problem && this.editing === undefined
          ? html`<p class="field-error" role="alert">${this.problem.message}</p>`
          : nothing
      }
    </fieldset>`;
  }

  private renderEntry(choice: Choice, at: number): TemplateResult {
    const name = choiceName(choice, this.builtIn);
    if (this.editing === choice.id) return this.renderEditor(choice, name);
    return html`<li class="line ${choice.archived ? "archived" : ""}">
      <span class="grow clip" dir="auto">${name}</span>
      ${choice.archived ? html`<span class="chip">${words().archived}</span>` : nothing}
      ${
        this.readOnly
          ? nothing
          : html`${this.renderButton("up", words().moveUp(name), at === 0, () => this.move(at, -1))}
            ${this.renderButton(
              "down",
              words().moveDown(name),
              at === this.choices.length - 1,
              () => this.move(at, 1),
            )}
            ${this.renderButton("pencil", words().rename(name), false, () => this.edit(choice.id))}
            ${this.renderButton(
              choice.archived ? "reopen" : "archive",
              choice.archived ? words().restore(name) : words().archive(name),
              false,
              () => this.write([{ ...choice, archived: !choice.archived }]),
            )}`
      }
    </li>`;
  }

  private renderButton(
    name: IconName,
    label: string,
    disabled: boolean,
    run: () => void,
  ): TemplateResult {
    return html`<button
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

  private renderEditor(choice: Choice, name: string): TemplateResult {
    return html`<li>
      <form
        class="line"
        @keydown=${onEscape(() => this.edit(undefined))}
        @submit=${(event: SubmitEvent) => {
          const typed = fieldsOfForm(event)("name");
          if (this.write([{ ...choice, name: typed }])) this.edit(undefined);
        }}
      >
        <input
          class="grow"
          id="name"
          name="name"
          aria-label=${words().rename(name)}
          aria-invalid=${this.problem !== undefined}
          .value=${name}
        />
        <button class="primary">${strings.save}</button>
        <button type="button" class="plain" @click=${() => this.edit(undefined)}>
          ${strings.cancel}
        </button>
      </form>
      ${
        this.problem
          ? html`<p class="field-error" role="alert">${this.problem.message}</p>`
          : nothing
      }
    </li>`;
  }

  private edit(id: string | undefined): void {
    this.editing = id;
    this.problem = undefined;
  }

  /** Puts an entry on its neighbour's place. All get the number of their place, which start values lack. */
  private move(at: number, by: 1 | -1): void {
    const order = [...this.choices];
    const [moved] = order.splice(at, 1);
    if (moved) order.splice(at + by, 0, moved);
    const drafts = order.map((choice, position) => ({ ...choice, position }));
    const { choices } = this;
    this.write(
      drafts.filter(
        ({ id, position }) => choices.find((each) => each.id === id)?.position !== position,
      ),
    );
  }

  private readonly onAdd = (event: SubmitEvent): void => {
    const name = fieldsOfForm(event)("name");
    const position = this.choices.length;
    if (this.write([{ name, position }])) (event.target as HTMLFormElement).reset();
  };

  private write(drafts: ChoiceDraft[]): boolean {
    this.problem = this.put(drafts);
    return this.problem === undefined;
  }
}
