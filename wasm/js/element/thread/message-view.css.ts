import { css } from "lit";

export const messageStyles = css`
  :host {
    display: grid;
    grid-template-columns: 28px minmax(0, 1fr);
    column-gap: 10px;
  }
  .avatar {
    inline-size: 28px;
    block-size: 28px;
    font-size: 11px;
  }
  .column {
    grid-column: 2;
    display: grid;
    justify-items: start;
    gap: 2px;
    min-inline-size: 0;
  }
  :host([direction="out"]) .column {
    justify-items: end;
  }
  .meta {
    padding-inline: 2px;
    color: var(--threadline-faint);
    font-size: 12px;
  }
  .meta .who {
    color: var(--threadline-text);
    font-size: 13px;
    font-weight: 600;
  }
  .bubble {
    max-inline-size: min(100%, 68ch);
    padding: 8px 12px;
    border-radius: 4px 12px 12px 12px;
    background: var(--threadline-surface-hover);
    font-size: 14px;
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  :host([direction="out"]) .bubble {
    border-radius: 12px 4px 12px 12px;
    background: var(--threadline-accent-tint);
  }
  .said {
    align-items: flex-start;
    gap: 2px;
    max-inline-size: 100%;
  }
  :host([direction="out"]) .said {
    flex-direction: row-reverse;
  }
  /* In sight where the pointer or the focus is; always where nothing hovers. */
  .menu {
    opacity: 0;
  }
  :host(:hover) .menu,
  .menu:focus-within {
    opacity: 1;
  }
  @media (hover: none) {
    .menu {
      opacity: 1;
    }
  }
  .withdrawn .text {
    text-decoration: line-through;
    color: var(--threadline-muted);
  }
  .marks {
    gap: 4px;
    margin-block-end: 4px;
  }
  .answered {
    max-inline-size: 48ch;
    margin: 0 0 6px;
    padding-inline-start: 8px;
    border-inline-start: 2px solid var(--threadline-border-strong);
    color: var(--threadline-muted);
    font-size: 13px;
  }
  .held {
    max-inline-size: min(100%, 68ch);
    padding: 8px 12px;
    border: 1px solid var(--threadline-warning-line);
    border-radius: var(--threadline-radius);
    background: var(--threadline-warning-tint);
    font-size: 13px;
  }
  .held .answered {
    margin-block: 6px 0;
  }
  .held .actions {
    margin-block-start: 6px;
  }
  .text {
    white-space: pre-wrap;
  }
  .quoted {
    margin-block-start: 8px;
    padding-inline-start: 10px;
    border-inline-start: 2px solid var(--threadline-border-strong);
    color: var(--threadline-muted);
    font-size: 13px;
  }
  .subject {
    margin-block-end: 4px;
    font-weight: 600;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    font-size: 12px;
  }
  .bubble .tools {
    margin-block-start: 6px;
  }
  iframe {
    display: block;
    inline-size: min(68ch, 100%);
    min-block-size: 120px;
    border: 1px solid var(--threadline-border);
    border-radius: 6px;
    background: #ffffff;
    color-scheme: light;
    resize: vertical;
  }
  .framed {
    inline-size: 100%;
  }
  .status .icon {
    inline-size: 13px;
    block-size: 13px;
    vertical-align: -2px;
  }
  .failed {
    color: var(--threadline-danger);
  }
  .read {
    color: var(--threadline-accent);
  }
  .attachments {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-block-start: 6px;
  }
  @media (forced-colors: active) {
    .bubble {
      border: 1px solid;
    }
  }
`;
