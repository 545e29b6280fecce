import { css, html, nothing, unsafeCSS } from "lit";
import { property, state } from "lit/decorators.js";
import { editorStyles } from "../../editor/editor.css.js";
import { ago, exactText } from "../common/format.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Note } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";
import { noteText } from "./note-text.js";

const historyStyles = css`
  .history {
    margin-block-start: 8px;
    padding: 8px;
    border: 1px solid var(--threadline-note-line);
    border-radius: 6px;
    background: var(--threadline-surface);
  }
  select {
    inline-size: 100%;
  }
  .text {
    max-block-size: 240px;
    margin-block: 8px;
    overflow-y: auto;
  }
`;

/**
 * A note as it was after each of its changes, and a way back to any of them.
 * @fires done when it is to be closed
 */
export class NoteHistory extends Part {
  static override styles = [base, unsafeCSS(editorStyles), historyStyles];

  @property({ attribute: false }) note: Note | undefined;
  @property() conversation = "";

  /** The moment that is shown; the newest where none was chosen. */
  @state() private hash: string | undefined;

  protected override render(): unknown {
    const { desk, note, conversation } = this;
    if (!desk || !note) return nothing;
    const text = words().history;
    const versions = desk.client.reads.noteVersions(conversation, note.id).reverse();
    const shown = versions.find(({ hash }) => hash === this.hash) ?? versions[0];
    const past = shown && shown !== versions[0];
    return html`<section class="history" aria-label=${text.title}>
      ${
        shown
          ? html`<select
                aria-label=${text.title}
                @change=${(event: Event) => (this.hash = (event.target as HTMLSelectElement).value)}
              >
                ${versions.map(
                  ({ hash, by, at }, index) =>
                    html`<option value=${hash} ?selected=${hash === shown.hash}>
                      ${index === 0 ? `${text.now}: ` : nothing}${desk.nameOf(by)}, ${exactText(at)}
                    </option>`,
                )}
              </select>
              <p class="faint small">${desk.nameOf(shown.by)}, ${ago(shown.at)}</p>
              <div class="text note-text">
                ${noteText(desk.client.reads.noteAt(conversation, note.id, shown.hash))}
              </div>`
          : html`<p class="faint">${text.none}</p>`
      }
      <div class="actions">
        ${
          past
            ? html`<button class="primary" @click=${() => this.restore(shown.hash)}>
                ${text.restore}
              </button>`
            : nothing
        }
        <button class="plain" @click=${this.close}>${strings.close}</button>
      </div>
    </section>`;
  }

  /** Brings the old text back as a change of its own, which the history then also has. */
  private restore(hash: string): void {
    const { desk, note, conversation } = this;
    if (!desk || !note) return;
    const edit = (spans: Note["spans"]): boolean =>
      desk.run({
        conversation,
        type: "edit_note",
        note: note.id,
        edits: [{ op: "update_spans", spans }],
      });
    const before = note.spans;
    if (!edit(desk.client.reads.noteAt(conversation, note.id, hash))) return;
    const run = (): void => void edit(before);
    desk.notify({ text: words().history.restored, action: { label: strings.undo, run } });
    this.close();
  }

  private readonly close = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** What the history is made of. */
export const elements = { "threadline-note-history": NoteHistory };
