import { html, nothing, unsafeCSS, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import { editorStyles } from "../../editor/editor.css.js";
import type { CommandId, NoteEditor, RemoteCursor } from "../../editor/editor.js";
import type { RichText } from "../../editor/rich-text.js";
import { chunk } from "../common/chunk.js";
import { problemOf } from "../common/desk.js";
import { onEscape } from "../common/field-form.js";
import { icon, type IconName } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { base } from "../styles/base.css.js";
import { noteEditorStyles } from "./note-editor.css.js";

/** What the toolbar offers; keys and Markdown reach the rest. */
const TOOLS: { id: CommandId & keyof typeof strings.note.tools; icon: IconName }[] = [
  { id: "strong", icon: "bold" },
  { id: "em", icon: "italic" },
  { id: "code", icon: "code" },
  { id: "link", icon: "link" },
  { id: "heading-2", icon: "heading" },
  { id: "unordered-list", icon: "bullets" },
  { id: "ordered-list", icon: "numbers" },
  { id: "blockquote", icon: "quote" },
];

/** The editor has no elements of its own, and is declared to be there without a network. */
const EDITOR = chunk(() => import("../../editor/editor.js").then(() => ({ elements: {} })));

/**
 * The rich text editor with its toolbar. The editor itself is a chunk of its own,
 * which loads when the first one is shown.
 * @fires change when the person changed the text
 * @fires selection when they moved in it; detail `{anchor, head}`, as cursors
 */
export class NoteEditorElement extends Part {
  static override styles = [base, unsafeCSS(editorStyles), noteEditorStyles];

  /** The text to edit; another one mounts another editor. */
  @property({ attribute: false }) text: RichText | undefined;
  @property({ attribute: false }) cursors: RemoteCursor[] = [];
  /** The name a screen reader gives the field. */
  @property() label = "";
  @property() hint = "";

  @state() private editor: NoteEditor | undefined;
  @state() private failed = false;
  @state() private linking = false;
  /** Whether the address that was typed is none to link to. */
  @state() private unsafe = false;

  @query(".frame") private readonly frame!: HTMLElement;

  private wantsFocus = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unmount();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.mount();
  }

  /** Takes in what somebody else changed. */
  refresh(): void {
    this.editor?.update();
  }

  /** Turns the keystrokes so far into one change. */
  flush(): void {
    this.editor?.flush();
  }

  /** Also before the editor has loaded. */
  override focus(): void {
    this.wantsFocus = true;
    this.editor?.focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("text")) void this.mount();
    else if (changed.has("cursors")) this.editor?.setRemoteCursors(this.cursors);
    if (changed.has("linking") && this.linking) {
      this.renderRoot.querySelector<HTMLElement>("#address")?.focus();
    }
  }

  protected override render(): unknown {
    const states = this.editor?.commandStates();
    return html`
      <div class="toolbar" role="toolbar" aria-label=${strings.note.format} part="note-toolbar">
        ${TOOLS.map(
          ({ id, icon: name }) =>
            html`<button
              type="button"
              aria-label=${strings.note.tools[id]}
              title=${strings.note.tools[id]}
              aria-pressed=${states?.[id].active ?? false}
              ?disabled=${!states?.[id].enabled}
              @mousedown=${(event: Event) => event.preventDefault()}
              @click=${() => this.use(id)}
            >
              ${icon(name)}
            </button>`,
        )}
      </div>
      ${
        this.linking
          ? html`<form class="line" @submit=${this.onLink}>
                <input
                  id="address"
                  inputmode="url"
                  placeholder="https://"
                  aria-invalid=${this.unsafe}
                  aria-label=${strings.note.address}
                  @keydown=${this.onLinkKey}
                />
                <button>${strings.note.tools.link}</button>
              </form>
              ${this.unsafe ? html`<p class="field-error" role="alert">${strings.note.unsafe}</p>` : nothing}`
          : nothing
      }
      <div class="frame"></div>
      ${
        this.failed
          ? html`<p class="field-error" role="alert">${strings.note.failed}</p>`
          : this.editor
            ? nothing
            : html`<p class="faint">${strings.note.loading}</p>`
      }
    `;
  }

  private async mount(): Promise<void> {
    this.unmount();
    const { text, desk } = this;
    if (!text || !desk) return;
    try {
      await EDITOR.load();
      const { mountNoteEditor } = await import("../../editor/editor.js");
      // While it loaded, the text may have become another, or the card may be gone.
      if (text !== this.text || this.editor || !this.isConnected) return;
      this.editor = mountNoteEditor({
        element: this.frame,
        text,
        editable: true,
        label: this.label,
        placeholder: this.hint,
        mentions: (typed) => {
          const words = typed.toLocaleLowerCase();
          return desk.people.filter(({ name }) => name.toLocaleLowerCase().includes(words));
        },
        onChange: () => this.dispatchEvent(new Event("change")),
        onSelection: (anchor, head) =>
          this.dispatchEvent(new CustomEvent("selection", { detail: { anchor, head } })),
        onState: () => this.requestUpdate(),
        onRefused: (error) => desk.notify({ text: problemOf(error).message, alert: true }),
      });
      this.failed = false;
      this.editor.setRemoteCursors(this.cursors);
      if (this.wantsFocus) {
        this.editor.focus();
        await this.updateComplete;
        this.scrollIntoView({ block: "nearest" });
      }
    } catch {
      this.failed = true;
    }
  }

  private unmount(): void {
    this.editor?.destroy();
    this.editor = undefined;
  }

  private use(id: CommandId): void {
    const link = id === "link" && !this.editor?.commandStates().link.active;
    this.unsafe = false;
    if (link) this.linking = !this.linking;
    else this.editor?.run(id);
  }

  private readonly onLink = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLInputElement>("#address");
    const address = field?.value.trim();
    this.unsafe = !!address && this.editor?.run("link", address) === false;
    this.linking = this.unsafe;
    if (this.unsafe) field?.focus();
  };

  private readonly onLinkKey = onEscape(() => {
    this.linking = this.unsafe = false;
    this.editor?.focus();
  });
}
