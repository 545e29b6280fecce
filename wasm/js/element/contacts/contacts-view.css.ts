import { css } from "lit";

export const contactsStyles = css`
  .body {
    flex-direction: row;
    overflow: hidden;
  }
  .list {
    display: flex;
    flex-direction: column;
    flex: 1 1 0;
    min-inline-size: 0;
  }
  .filters {
    flex: none;
    gap: 8px;
    padding: 8px 14px;
    border-block-end: 1px solid var(--threadline-border);
  }
  .filters input {
    flex: 1 1 160px;
  }
  .filters select {
    inline-size: auto;
  }
  .rows {
    flex: 1 1 0;
    overflow-y: auto;
  }
  .row {
    display: grid;
    grid-template-columns: 32px minmax(0, 2fr) minmax(0, 2fr) minmax(0, 1fr) 72px;
    align-items: center;
    gap: 12px;
    min-block-size: 48px;
    padding: 6px 14px;
    border-block-end: 1px solid var(--threadline-border);
    cursor: pointer;
  }
  .row:hover {
    background: var(--threadline-surface-hover);
  }
  .row[aria-selected="true"] {
    background: var(--threadline-accent-tint);
  }
  .rows:focus-visible {
    outline-offset: -2px;
  }
  .rows:focus-visible .row[aria-selected="true"] {
    box-shadow: inset 3px 0 var(--threadline-accent);
  }
  .about {
    display: flex;
    flex-direction: column;
    flex: none;
    inline-size: 360px;
    min-block-size: 0;
    border-inline-start: 1px solid var(--threadline-border);
    background: var(--threadline-surface-sunk);
    overflow-y: auto;
  }
  .about > .line {
    padding: 8px 12px;
    border-block-end: 1px solid var(--threadline-border);
  }
  .about threadline-contact-form {
    padding: 14px;
  }
  @container (inline-size < 820px) {
    .row {
      grid-template-columns: 32px minmax(0, 1fr) auto;
    }
    .row .addresses,
    .row .tags {
      display: none;
    }
  }
  @container (inline-size >= 700px) {
    .about > .line .back {
      display: none;
    }
  }
  @container (inline-size < 700px) {
    .about {
      flex: 1 1 0;
      inline-size: auto;
      border: 0;
    }
    .about.none,
    .with-about {
      display: none;
    }
  }
`;
