import { css } from "lit";

export const replyStyles = css`
  :host {
    display: block;
  }
  .dropping {
    outline: 2px dashed var(--threadline-accent);
    outline-offset: 4px;
  }
  .address {
    margin-block-end: 6px;
    color: var(--threadline-muted);
    font-size: 12px;
  }
  .address select {
    font-size: 12px;
  }
  .writing {
    display: flex;
    align-items: flex-end;
    gap: 8px;
  }
  textarea {
    flex: 1;
    min-block-size: 52px;
    max-block-size: 30vh;
    font-size: 14px;
    line-height: 1.5;
    field-sizing: content;
    resize: none;
  }
  .tools {
    gap: 2px;
    margin-block-start: 4px;
  }
  .quote {
    margin-block-end: 6px;
    padding-inline-start: 8px;
    border-inline-start: 2px solid var(--threadline-accent-line);
  }
  .warning {
    margin-block-start: 6px;
    color: var(--threadline-warning);
  }
  .templates {
    max-block-size: 200px;
    margin-block-end: 6px;
    overflow-y: auto;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 6px;
    background: var(--threadline-surface-raised);
  }
  .templates li {
    display: flex;
    gap: 10px;
    padding: 5px 10px;
    cursor: pointer;
  }
  .templates strong {
    flex: none;
    max-inline-size: 50%;
  }
  .templates [aria-selected="true"] {
    background: var(--threadline-accent-tint);
  }
  .files {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
    margin-block-end: 6px;
  }
  .files li {
    display: flex;
    align-items: center;
    max-inline-size: 100%;
  }
`;
