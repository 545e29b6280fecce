import { html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { editorStyles } from "../../editor/editor.css.js";
import type { RemoteCursor } from "../../editor/editor.js";
import type { RichText } from "../../editor/rich-text.js";
import { chunk, lazy } from "../common/chunk.js";
import { copy } from "../common/copy.js";
import type { Desk } from "../common/desk.js";
import { ago, avatar, hue, namesText, timeOfDay } from "../common/format.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Interaction, Note, Person } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";
import { noteStyles } from "./note-card.css.js";
import type { NoteEditorElement } from "./note-editor.js";
import { noteText, plainText } from "./note-text.js";

const HISTORY = chunk(() => import("./note-history.js"));

/** A private note in the timeline, edited in place by anybody on the team, several at once. */
export class NoteCard extends Part {
  static override styles = [base, unsafeCSS(editorStyles), noteStyles];

  @property({ attribute: false }) note: Note | undefined;
  /** Answers to this note, in order. */
  @property({ attribute: false }) replies: Note[] = [];
  /** Who is where in this conversation. */
  @property({ attribute: false }) presence: Person[] = [];
  @property() conversation = "";
  /** The message that the note brings to the team. */
  @property({ attribute: false }) forwarded: Interaction | undefined;
  /** Whether it is drawn under the note it answers. */
  @property({ type: Boolean }) nested = false;

  @state() private text: RichText | undefined;
  @state() private replying = false;
  /** Whether what the note was before is shown. */
  @state() private past = false;

  @query("threadline-note-editor") private readonly editor!: NoteEditorElement | null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leave();
  }

  /** A note that somebody deletes while one writes in it closes, and says why. */
  protected override willUpdate(): void {
    const { desk, note } = this;
    if (!this.text || !note?.deleted) return;
    this.leave();
    this.text = undefined;
    desk?.notify({ text: strings.note.deleted(desk.nameOf(note.deleted.by)), alert: true });
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("note")) this.editor?.refresh();
  }

  protected override render(): unknown {
    const { note, desk } = this;
    if (!note || !desk) return nothing;
    const author = desk.nameOf(note.by);
    return html`<article
      class=${this.nested ? "reply" : "card"}
      part="note"
      aria-label=${strings.note.by(author)}
    >
      <header class="line wrap">
        ${
          this.nested
            ? avatar(author, note.by, "tiny")
            : html`<span class="lock">${icon("lock")} ${strings.note.label}</span>`
        }
        <span class="who">${author}</span>
        <span class="faint small grow"
          >${(this.nested ? ago : timeOfDay)(note.at)}${
            note.edited && !note.deleted
              ? html`, ${words().history.edited(desk.nameOf(note.edited.by))} ${ago(note.edited.at)}`
              : nothing
          }</span
        >
        ${this.renderPeople()}
      </header>
      ${this.renderForwarded(desk)}
      ${
        note.deleted
          ? html`<p class="text faint">${strings.note.deleted(desk.nameOf(note.deleted.by))}</p>`
          : this.text
            ? this.renderEditor(desk, author)
            : html`<div class="text note-text" @click=${this.onTextClick}>
                ${noteText(note.spans)}
              </div>`
      }
      ${this.renderTools(note, desk)}
      ${
        this.past
          ? lazy(
              HISTORY,
              html`<threadline-note-history
                .desk=${desk}
                .note=${note}
                .conversation=${this.conversation}
                @done=${() => (this.past = false)}
              ></threadline-note-history>`,
            )
          : nothing
      }
      ${this.replies.map(
        (reply) =>
          html`<threadline-note
            .desk=${desk}
            .note=${reply}
            .presence=${this.presence}
            .conversation=${this.conversation}
            nested
          ></threadline-note>`,
      )}
      ${
        this.replying
          ? html`<div class="reply">
              <threadline-note-writer
                .desk=${desk}
                .conversation=${this.conversation}
                .parent=${note.id}
                cancellable
                @done=${() => (this.replying = false)}
              ></threadline-note-writer>
            </div>`
          : nothing
      }
    </article>`;
  }

  private renderForwarded(desk: Desk): unknown {
    const { forwarded } = this;
    if (!forwarded) return nothing;
    const sender = forwarded.by ? desk.nameOf(forwarded.by) : forwarded.from?.name;
    return html`<blockquote class="forwarded" aria-label=${words().message.forwarded} dir="auto">
      <p class="faint small">${icon("forward")} ${sender || forwarded.from?.address}</p>
      ${forwarded.text.slice(0, forwarded.visible ?? forwarded.text.length).trim()}
    </blockquote>`;
  }

  private renderEditor(desk: Desk, author: string): TemplateResult {
    return html`<div class="text editing">
      <div class="editor">
        <threadline-note-editor
          .desk=${desk}
          .text=${this.text}
          .cursors=${this.remoteCursors(desk)}
          .label=${strings.note.by(author)}
          .hint=${strings.note.empty}
          @selection=${this.onSelection}
          @focusout=${this.leave}
          @keydown=${this.onEditorKey}
        ></threadline-note-editor>
      </div>
      <button class="primary" @click=${this.close}>${strings.note.done}</button>
    </div>`;
  }

  private renderTools(note: Note, desk: Desk): unknown {
    if (note.deleted) {
      return desk.client.member?.role === "admin"
        ? html`<div class="tools">
            <button class="link" @click=${() => this.run("restore_note")}>
              ${strings.note.restore}
            </button>
          </div>`
        : nothing;
    }
    if (this.text) return nothing;
    return html`<div class="tools">
      <button class="link" @click=${this.open}>${strings.note.edit}</button>
      ${
        this.nested
          ? nothing
          : html`<button class="link" @click=${this.onReply}>${strings.note.reply}</button>`
      }
      <button class="link" @click=${() => this.run("delete_note")}>${strings.remove}</button>
      ${
        note.edited
          ? html`<button
              class="link"
              aria-expanded=${this.past}
              @click=${() => (this.past = !this.past)}
            >
              ${words().history.open}
            </button>`
          : nothing
      }
      <button class="link" @click=${() => copy(plainText(note.spans), desk)}>
        ${words().message.copy}
      </button>
    </div>`;
  }

  /** Who else is writing here, by name: not everybody sees a caret. */
  private renderPeople(): unknown {
    const names = [...new Set(this.others().map(({ member }) => this.desk?.nameOf(member) ?? ""))];
    if (names.length === 0) return nothing;
    return html`<span class="people small">${strings.note.here(namesText(names))}</span>`;
  }

  private others(): Person[] {
    return this.presence.filter(({ here }) => here.note === this.note?.id);
  }

  private remoteCursors(desk: Desk): RemoteCursor[] {
    return this.others().flatMap(({ member, here: { anchor, head } }) =>
      anchor && head
        ? [
            {
              member,
              name: desk.nameOf(member),
              color: Number(hue(member).slice(-1)),
              anchor,
              head,
            },
          ]
        : [],
    );
  }

  private readonly open = async (): Promise<void> => {
    const { desk, note, conversation } = this;
    if (!desk || !note || note.deleted) return;
    this.text = desk.client.richText(conversation, note.id);
    await this.updateComplete;
    this.editor?.focus();
  };

  private readonly close = (): void => {
    this.editor?.flush();
    this.leave();
    this.text = undefined;
  };

  /** A click opens the note for typing, unless it follows a link or selects words to copy. */
  private readonly onTextClick = (event: MouseEvent): void => {
    const onLink = event.composedPath().some((node) => node instanceof HTMLAnchorElement);
    if (!onLink && (document.getSelection()?.isCollapsed ?? true)) void this.open();
  };

  private readonly onSelection = (event: CustomEvent<{ anchor: string; head: string }>): void => {
    if (!this.note) return;
    this.desk?.client.setPresence(this.conversation, {
      note: this.note.id,
      ...event.detail,
      typing: false,
    });
  };

  private readonly onEditorKey = async (event: KeyboardEvent): Promise<void> => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.close();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".tools button")?.focus();
  };

  /** Tells the others that the caret is gone. */
  private readonly leave = (): void => {
    if (this.text) this.desk?.client.setPresence(this.conversation, { typing: false });
  };

  private readonly onReply = async (): Promise<void> => {
    this.replying = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("threadline-note-writer")?.focus();
  };

  private run(type: "delete_note" | "restore_note"): void {
    const { desk, note, conversation } = this;
    if (note) desk?.run({ conversation, type, note: note.id });
  }
}
