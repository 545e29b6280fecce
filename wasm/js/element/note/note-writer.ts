import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { RichText } from "../../editor/rich-text.js";
import type { Problem } from "../common/desk.js";
import { formError } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { DraftKind } from "../composer/drafts.js";
import type { Interaction, Span } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";
import type { NoteEditorElement } from "./note-editor.js";
import { plainText } from "./note-text.js";

const writerStyles = css`
  .box {
    padding: 6px 10px 8px;
    border: 1px solid var(--threadline-note-line);
    border-radius: 6px;
    background: var(--threadline-surface);
  }
  .box:focus-within {
    border-color: var(--threadline-accent);
  }
  .actions {
    align-items: center;
    margin-block-start: 6px;
  }
`;

/**
 * Writes a new note, or a reply to one. It is only this person's until it is added.
 * @fires done when it is added or given up
 * @fires unforward when it brings no message any more
 */
export class NoteWriter extends Part {
  static override styles = [base, writerStyles];

  @property() conversation = "";
  /** The note to answer. */
  @property() parent: string | undefined;
  /** The message it brings to a teammate. */
  @property({ attribute: false }) message: Interaction | undefined;
  /** Whether it can be given up. */
  @property({ type: Boolean }) cancellable = false;

  @state() private text: RichText | undefined;
  @state() private problem: Problem | undefined;

  @query("threadline-note-editor") private readonly editor!: NoteEditorElement;

  override focus(): void {
    void this.updateComplete.then(() => this.editor.focus());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("conversation") || changed.has("parent") || changed.has("desk")) {
      void this.begin();
    }
  }

  protected override render(): unknown {
    const { addNote, noteLabel, notePlaceholder } = strings.composer;
    return html`
      ${this.message ? this.renderMessage(this.message) : nothing}
      <threadline-note-editor
        class="box"
        .desk=${this.desk}
        .text=${this.text}
        .label=${this.parent ? strings.note.replyLabel : noteLabel}
        .hint=${notePlaceholder}
        @change=${this.keep}
        @keydown=${this.onKey}
      ></threadline-note-editor>
      ${formError(this.problem, [])}
      <div class="actions">
        <button class="primary" title=${strings.composer.sendKey} @click=${this.add}>
          ${icon("lock")} ${this.parent ? strings.note.reply : addNote}
        </button>
        ${
          this.cancellable
            ? html`<button class="plain" @click=${this.done}>${strings.cancel}</button>`
            : nothing
        }
      </div>
    `;
  }

  private renderMessage({ text }: Interaction): TemplateResult {
    return html`<p class="line small">
      ${icon("forward")} <span class="faint">${words().compose.forwarding}</span>
      <bdi class="clip grow">${text}</bdi>
      <button
        class="plain icon-only"
        aria-label=${words().compose.notForwarding}
        @click=${() => this.dispatchEvent(new Event("unforward"))}
      >
        ${icon("close")}
      </button>
    </p>`;
  }

  private get kind(): DraftKind {
    return this.parent ? `note-reply:${this.parent}` : "note";
  }

  /** Starts from the kept draft, or from nothing. */
  private async begin(): Promise<void> {
    const { desk, conversation, kind } = this;
    if (!desk) return;
    const draft = desk.drafts.get(conversation, kind);
    const { MemoryText, paragraph } = await import("../../editor/memory-text.js");
    if (conversation !== this.conversation || kind !== this.kind) return;
    this.text = new MemoryText(draft ? JSON.parse(draft) : paragraph());
  }

  private readonly keep = (): void => {
    const spans = (this.text?.spans() ?? []) as Span[];
    const draft = plainText(spans) === "" ? "" : JSON.stringify(spans);
    this.desk?.drafts.set(this.conversation, this.kind, draft);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.add();
    }
  };

  private readonly add = (): void => {
    const { desk, text, conversation, parent, message } = this;
    if (!desk || !text) return;
    const spans = text.spans() as Span[];
    const attempt = desk.attempt({
      conversation,
      type: "add_note",
      spans,
      ...(parent && { parent }),
      ...(message && { message: message.id }),
    });
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    if (this.problem) return;
    desk.drafts.set(conversation, this.kind, "");
    void this.begin();
    this.done();
  };

  private readonly done = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}
