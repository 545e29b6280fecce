import { css } from "lit";

export const noteStyles = css`
  .card {
    padding: 8px 12px;
    border-color: var(--threadline-note-line);
    background: var(--threadline-note);
  }
  .reply {
    margin-block-start: 8px;
    padding-block-start: 8px;
    border-block-start: 1px solid var(--threadline-note-line);
  }
  .lock {
    color: var(--threadline-note-text);
    font-size: 12px;
    font-weight: 600;
  }
  .who {
    font-weight: 600;
  }
  .text {
    margin-block: 4px;
    font-size: 14px;
    line-height: 1.5;
    overflow-wrap: anywhere;
    cursor: text;
  }
  .editing {
    cursor: auto;
  }
  .note-text :is(p, h1, h2, h3, blockquote, .list-item) {
    white-space: normal;
  }
  .note-text .run,
  .note-text .ProseMirror {
    white-space: pre-wrap;
  }
  .list {
    counter-reset: item-0 item-1 item-2 item-3 item-4 item-5 item-6;
  }
  .editor {
    margin-block-end: 6px;
    padding: 8px 10px;
    border: 1px solid var(--threadline-note-line);
    border-radius: 6px;
    background: var(--threadline-surface);
  }
  .editor:focus-within {
    border-color: var(--threadline-accent);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    font-size: 12px;
  }
  .people {
    color: var(--threadline-accent);
  }
  .forwarded {
    margin: 4px 0;
    padding: 4px 10px;
    border-inline-start: 2px solid var(--threadline-note-line);
    color: var(--threadline-muted);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
`;
