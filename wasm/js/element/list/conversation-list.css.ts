import { css } from "lit";

export const listStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    background: var(--threadline-surface-sunk);
  }
  .filters {
    display: flex;
    gap: 2px;
    padding: 0 12px 8px;
  }
  .filters > button {
    gap: 5px;
    min-block-size: 26px;
    padding: 2px 8px;
    border-color: transparent;
    background: transparent;
    color: var(--threadline-muted);
    font-size: 12px;
  }
  .filters > button:hover {
    background: var(--threadline-surface-press);
  }
  .filters > button[aria-pressed="true"] {
    background: var(--threadline-accent-tint);
    color: var(--threadline-accent);
  }
  .filters .count {
    font-weight: 400;
  }
  .search-line {
    padding: 8px 12px;
  }
  .narrowed {
    color: var(--threadline-accent);
  }
  .search {
    position: relative;
    flex: 1;
  }
  .search .icon {
    position: absolute;
    inset-block-start: 8px;
    inset-inline-start: 8px;
    color: var(--threadline-faint);
    pointer-events: none;
  }
  .search input {
    padding-inline-start: 30px;
    border-color: var(--threadline-border);
  }

  .rows {
    position: relative;
    flex: 1 1 0;
    min-block-size: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    border-block-start: 1px solid var(--threadline-border);
  }
  .rows:focus-visible {
    outline-offset: -2px;
  }
  .canvas {
    position: relative;
  }
  .row {
    position: absolute;
    inset-block-start: 0;
    inset-inline: 0;
    display: flex;
    gap: 10px;
    align-items: flex-start;
    padding: 9px 12px 0;
    border-block-end: 1px solid var(--threadline-border);
    cursor: pointer;
    contain: strict;
  }
  :host([density="compact"]) .row {
    padding-block-start: 6px;
  }
  :host([density="compact"]) .last {
    display: none;
  }
  .row:hover {
    background: var(--threadline-surface-hover);
  }
  .row[aria-selected="true"] {
    background: var(--threadline-accent-tint);
  }
  .row[aria-selected="true"]::before,
  .rows:focus-visible .row.active::before {
    content: "";
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    inline-size: 3px;
    background: var(--threadline-accent);
  }
  .rows:focus-visible .row.active {
    background: var(--threadline-surface-press);
  }
  .pick {
    border-radius: 50%;
  }
  .pick:hover {
    outline: 2px solid var(--threadline-accent-line);
  }
  .picked {
    background: var(--threadline-accent-fill);
    color: var(--threadline-on-accent);
  }
  .row.active .faint {
    color: var(--threadline-muted);
  }
  .row[aria-checked="true"] {
    background: var(--threadline-accent-tint);
  }
  .star {
    color: var(--threadline-warning);
  }
  .star .icon {
    fill: currentColor;
  }
  .body {
    display: grid;
    gap: 1px;
    flex: 1 1 auto;
    min-inline-size: 0;
  }
  .body .line {
    gap: 6px;
    block-size: 20px;
  }
  .body .icon {
    inline-size: 13px;
    block-size: 13px;
    vertical-align: -2px;
  }
  .name {
    font-weight: 500;
    flex: 0 1 auto;
  }
  .company {
    flex: 0 3 auto;
  }
  /* A text reads in its own direction and stands where its row begins. */
  .row [dir="auto"] {
    text-align: -webkit-match-parent;
    text-align: match-parent;
  }
  .time {
    flex: none;
    color: var(--threadline-faint);
  }
  .subject {
    color: var(--threadline-muted);
  }
  .row.active .time {
    color: var(--threadline-muted);
  }
  .fresh .name,
  .fresh .subject {
    color: var(--threadline-text);
    font-weight: 600;
  }
  .row.fresh .time {
    color: var(--threadline-accent);
  }
  .high,
  .warn {
    color: var(--threadline-warning);
  }
  .critical {
    color: var(--threadline-danger);
  }
  .tag {
    max-inline-size: 84px;
    overflow: hidden;
    text-overflow: ellipsis;
    display: block;
  }
  .chip {
    flex: none;
    padding-inline: 6px;
    font-size: 11px;
    line-height: 16px;
    background: var(--threadline-surface-press);
  }
  .badge {
    flex: none;
    min-inline-size: 18px;
    padding: 0 5px;
    border-radius: 9px;
    background: var(--threadline-accent-fill);
    color: var(--threadline-on-accent);
    font-size: 11px;
    font-weight: 600;
    line-height: 18px;
    text-align: center;
  }
  @media (forced-colors: active) {
    .row[aria-selected="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
