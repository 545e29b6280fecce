/** The panels that open over the widget: one entry each, loaded when it is first opened. */
import { html, type TemplateResult } from "lit";
import { chunk, lazy, type Chunk } from "./common/chunk.js";
import type { Desk } from "./common/desk.js";
import { strings } from "./common/strings.js";

/** A panel's name. */
export type PanelName = "sync" | "help" | "palette" | "compose" | "notices" | "history";

interface Panel {
  /** What a screen reader calls it. */
  label: () => string;
  chunk: Chunk;
  /** The panel's element, which fires `close` when it is to be closed. */
  render: (desk: Desk, close: () => void, conversation: string | undefined) => TemplateResult;
}

const PANELS: Record<PanelName, Panel> = {
  compose: {
    label: () => strings.compose,
    chunk: chunk(() => import("./composer/new-conversation.js")),
    render: (desk, close) =>
      html`<threadline-new-conversation
        .desk=${desk}
        @close=${close}
      ></threadline-new-conversation>`,
  },
  sync: {
    label: () => strings.sync.panel,
    chunk: chunk(() => import("./sync/sync-panel.js")),
    render: (desk, close) =>
      html`<threadline-sync-panel .desk=${desk} @close=${close}></threadline-sync-panel>`,
  },
  notices: {
    label: () => strings.commands.notices,
    chunk: chunk(() => import("./notices/notices-panel.js")),
    render: (desk, close) =>
      html`<threadline-notices .desk=${desk} @close=${close}></threadline-notices>`,
  },
  help: {
    label: () => strings.help.title,
    chunk: chunk(() => import("./commands/key-help.js")),
    render: (desk, close) =>
      html`<threadline-key-help .desk=${desk} @close=${close}></threadline-key-help>`,
  },
  palette: {
    label: () => strings.palette.label,
    chunk: chunk(() => import("./commands/palette.js")),
    render: (desk, close) =>
      html`<threadline-palette .desk=${desk} @close=${close}></threadline-palette>`,
  },
  history: {
    label: () => strings.commands.history,
    chunk: chunk(() => import("./history/history-panel.js")),
    render: (desk, close, conversation) =>
      html`<threadline-history-panel
        .desk=${desk}
        .conversation=${conversation}
        @close=${close}
      ></threadline-history-panel>`,
  },
};

/** A panel that is open, as the frame draws it; `conversation` is the one on the screen. */
export function dialog(
  name: PanelName,
  desk: Desk,
  close: () => void,
  conversation: string | undefined,
): TemplateResult {
  const { label, chunk, render } = PANELS[name];
  return html`<dialog open tabindex="-1" class=${name} aria-label=${label()}>
    ${lazy(chunk, render(desk, close, conversation))}
  </dialog>`;
}
