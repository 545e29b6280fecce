import { css, html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import { ClientListener } from "../common/client-listener.js";
import { problemOf } from "../common/desk.js";
import { fileSize } from "../common/format.js";
import { icon } from "../common/icons.js";
import { perLocale } from "../common/locale.js";
import { Part } from "../common/part.js";
import { saveFile } from "../common/save-file.js";
import type { Attachment } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";

/** Pictures that every browser draws and that hold no script. */
const PICTURES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
]);
/** A picture larger than this, in bytes, is fetched only when it is asked for. */
const PREVIEW_BYTES = 5 * 1024 * 1024;

const percent = perLocale((tag) => new Intl.NumberFormat(tag, { style: "percent" }));

const attachmentStyles = css`
  :host {
    display: inline-block;
    max-inline-size: 100%;
  }
  img {
    display: block;
    max-inline-size: min(320px, 100%);
    max-block-size: 200px;
    margin-block-end: 4px;
    border-radius: 6px;
  }
  .chip {
    border: 0;
    background: var(--threadline-surface-press);
    font-weight: 400;
  }
`;

/** A file of a message: a picture where it is one, its name, and a way to save it. */
export class AttachmentView extends Part {
  static override styles = [base, attachmentStyles];

  @property({ attribute: false }) file: Attachment | undefined;

  /** The picture's address in this page, once it is here. */
  @state() private picture: string | undefined;
  private wanted = "";

  constructor() {
    super();
    new ClientListener(this, {
      blobs: () => this.requestUpdate(),
      "sync-state": () => void this.show(),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get("file") && changed.get("file")?.blob !== this.file?.blob) this.forget();
    void this.show();
  }

  protected override render(): unknown {
    const { file, desk } = this;
    if (!file || !desk) return nothing;
    const part = desk.client.blobs.progress(file.blob);
    return html`${this.picture ? html`<img src=${this.picture} alt=${file.name} />` : nothing}
      <button
        type="button"
        class="chip"
        title=${words().message.download(file.name)}
        @click=${this.download}
      >
        ${icon("paperclip")}<bdi class="clip">${file.name}</bdi>
        <span class="muted">${fileSize(file.size)}</span>
      </button>
      ${part === undefined ? nothing : html`<span class="faint small">${this.uploadText(part)}</span>`}`;
  }

  private uploadText(part: number): string {
    const { uploading, uploadWaits } = words().message;
    return part > 0 ? uploading(percent().format(part)) : uploadWaits;
  }

  /** Draws a picture as soon as it can be had; what is not here now is tried with the next connection. */
  private async show(): Promise<void> {
    const { desk, file } = this;
    if (!desk || !file || this.wanted === file.blob || !this.isConnected) return;
    if (!PICTURES.has(file.mediaType) || file.size > PREVIEW_BYTES) return;
    this.wanted = file.blob;
    try {
      const blob = await desk.client.blobs.get(file.blob);
      if (this.wanted !== file.blob) return;
      // The server names no type: the message does, and only that of a picture is used.
      this.picture = URL.createObjectURL(new Blob([blob], { type: file.mediaType }));
    } catch {
      if (this.wanted === file.blob) this.wanted = "";
    }
  }

  private forget(): void {
    if (this.picture) URL.revokeObjectURL(this.picture);
    this.picture = undefined;
    this.wanted = "";
  }

  private readonly download = async (): Promise<void> => {
    const { desk, file } = this;
    if (!desk || !file) return;
    try {
      saveFile(await desk.client.blobs.get(file.blob), file.name);
    } catch (error) {
      const { code, message } = problemOf(error);
      const text = code === "unavailable" ? words().message.unavailable : message;
      desk.notify({ text, alert: true });
    }
  };
}
