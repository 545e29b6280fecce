import { css } from "lit";

/** What stands around the editor: its toolbar and its frame. */
export const noteEditorStyles = css`
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
  }
  .toolbar button {
    min-inline-size: 28px;
    padding-inline: 6px;
    border-color: transparent;
    background: transparent;
    color: var(--threadline-muted);
    font-size: 12px;
  }
  .toolbar button:hover {
    background: var(--threadline-surface-hover);
  }
  .toolbar button[aria-pressed="true"] {
    background: var(--threadline-accent-tint);
    color: var(--threadline-accent);
  }
  .strong {
    font-weight: 700;
  }
  .em {
    font-style: italic;
  }
  .frame {
    /* Room for the name over a teammate's caret in the first line. */
    padding-block-start: 16px;
    margin-block-start: -8px;
    min-block-size: 44px;
    max-block-size: 40vh;
    overflow-y: auto;
    font-size: 14px;
    line-height: 1.5;
  }
`;
