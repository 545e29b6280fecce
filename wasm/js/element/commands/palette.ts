import { css, html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { icon, type IconName } from "../common/icons.js";
import { keyCaps, keyCapStyles } from "../common/key-caps.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { base } from "../styles/base.css.js";
import { fit } from "./fuzzy.js";

/** Conversations offered at most: the inbox's own search shows all. */
const CONVERSATIONS = 5;

/** One line of the list. */
interface Choice {
  text: string;
  icon: IconName;
  keys?: string | undefined;
  run: () => void;
}

const paletteStyles = css`
  .field {
    padding: 8px 12px;
    border-block-end: 1px solid var(--threadline-border);
  }
  .field .icon {
    color: var(--threadline-faint);
  }
  input {
    border: 0;
    background: none;
    font-size: 15px;
  }
  input:focus-visible {
    outline: none;
  }
  ul {
    padding: 4px;
  }
  li {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 32px;
    padding-inline: 10px;
    border-radius: 6px;
    cursor: pointer;
  }
  li .icon {
    color: var(--threadline-muted);
  }
  li[aria-selected="true"] {
    background: var(--threadline-accent-tint);
  }
  .none {
    padding: 16px;
    text-align: center;
  }
  @media (forced-colors: active) {
    li[aria-selected="true"] {
      outline: 2px solid Highlight;
    }
  }
`;

/**
 * Every command of the moment, found by a few letters; conversations by their names, too.
 * @fires close when something was chosen, or nothing is to be
 */
export class Palette extends Part {
  static override styles = [base, keyCapStyles, paletteStyles];

  @state() private typed = "";
  /** The line that Enter chooses. */
  @state() private at = 0;

  @query("input") private readonly field!: HTMLInputElement;

  protected override firstUpdated(): void {
    this.field.focus();
  }

  protected override updated(): void {
    this.renderRoot.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): unknown {
    const choices = this.choices();
    return html`
      <div class="field line">
        ${icon("search")}
        <input
          role="combobox"
          aria-label=${strings.palette.label}
          aria-expanded="true"
          aria-controls="choices"
          aria-autocomplete="list"
          aria-activedescendant=${choices.length > 0 ? `choice-${this.at}` : nothing}
          placeholder=${strings.palette.hint}
          autocomplete="off"
          spellcheck="false"
          @input=${this.onInput}
          @keydown=${(event: KeyboardEvent) => this.onKey(event, choices)}
        />
      </div>
      <ul id="choices" role="listbox" aria-label=${strings.palette.label}>
        ${choices.map((choice, at) => this.renderChoice(choice, at))}
      </ul>
      <p class="none muted" role="status" ?hidden=${choices.length > 0}>
        ${choices.length > 0 ? nothing : strings.palette.empty}
      </p>
    `;
  }

  private renderChoice(choice: Choice, at: number): TemplateResult {
    return html`<li
      id="choice-${at}"
      role="option"
      aria-selected=${at === this.at}
      @click=${() => this.choose(choice)}
    >
      ${icon(choice.icon)}<span class="grow clip" dir="auto">${choice.text}</span
      >${choice.keys ? keyCaps(choice.keys) : nothing}
    </li>`;
  }

  private choices(): Choice[] {
    return [...this.commands(), ...this.conversations()];
  }

  private commands(): Choice[] {
    const { desk } = this;
    return (desk?.commands.available() ?? [])
      .filter(({ id }) => id !== "palette" && id !== "back")
      .flatMap((each) => {
        const text = each.title();
        const score = fit(this.typed, text);
        const run = (): void => void desk?.commands.run(each);
        return score === undefined ? [] : [{ text, icon: each.icon, keys: each.keys, run, score }];
      })
      .sort((a, b) => (this.typed.trim() === "" ? 0 : b.score - a.score));
  }

  private conversations(): Choice[] {
    const { desk } = this;
    const search = this.typed.trim();
    if (!desk || search === "") return [];
    const { rows } = desk.client.rows({ filter: "all", search, offset: 0, limit: CONVERSATIONS });
    return rows.map(({ id, name, subject }) => ({
      text: [name || strings.unknown, subject].filter(Boolean).join(" · "),
      icon: "inbox",
      run: () => desk.show(id),
    }));
  }

  private onInput(event: Event): void {
    this.typed = (event.target as HTMLInputElement).value;
    this.at = 0;
  }

  private onKey(event: KeyboardEvent, choices: Choice[]): void {
    const choice = choices[this.at];
    const last = choices.length - 1;
    if (event.key === "ArrowDown") this.at = this.at < last ? this.at + 1 : 0;
    else if (event.key === "ArrowUp") this.at = this.at > 0 ? this.at - 1 : Math.max(last, 0);
    else if (event.key === "Enter" && choice) this.choose(choice);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Closes first, so that what is chosen finds the focus free. */
  private choose(choice: Choice): void {
    this.dispatchEvent(new Event("close"));
    choice.run();
  }
}

/** What the panel is made of. */
export const elements = { "threadline-palette": Palette };
