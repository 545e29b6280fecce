import { css } from "lit";

export const composerStyles = css`
  :host {
    border-block-start: 1px solid var(--threadline-border);
    background: var(--threadline-surface);
  }
  .tabs {
    display: flex;
    gap: 2px;
    padding: 6px 12px 0;
  }
  .tabs button {
    border-color: transparent;
    border-radius: 6px 6px 0 0;
    background: transparent;
    color: var(--threadline-muted);
  }
  .tabs button:hover {
    color: var(--threadline-text);
  }
  .tabs button[aria-selected="true"] {
    color: var(--threadline-text);
    box-shadow: inset 0 -2px var(--threadline-accent);
  }
  .tabs .note[aria-selected="true"] {
    box-shadow: inset 0 -2px var(--threadline-note-text);
  }
  .panel {
    padding: 8px 12px 12px;
  }
  .panel.note {
    background: var(--threadline-note);
  }
`;
