import { css } from "lit";

export const profileStyles = css`
  :host {
    background: var(--threadline-surface-sunk);
  }
  .top {
    display: grid;
    justify-items: center;
    gap: 4px;
    padding: 20px 16px 12px;
    text-align: center;
  }
  .top .avatar {
    inline-size: 56px;
    block-size: 56px;
    margin-block-end: 4px;
    font-size: 20px;
  }
  .top h2 {
    font-size: 16px;
    overflow-wrap: anywhere;
  }
  section {
    padding: 12px 16px;
    border-block-start: 1px solid var(--threadline-border);
  }
  section > h3 {
    margin-block-end: 6px;
    color: var(--threadline-muted);
    font-size: 12px;
  }
  .field {
    display: grid;
    grid-template-columns: 76px minmax(0, 1fr);
    align-items: center;
    min-block-size: 28px;
  }
  .field:has(ul) dt {
    align-self: start;
    padding-block-start: 4px;
  }
  .field dt {
    color: var(--threadline-faint);
    font-size: 12px;
  }
  .value {
    justify-content: flex-start;
    inline-size: 100%;
    padding: 2px 6px;
    border-color: transparent;
    background: transparent;
    font-weight: 400;
    text-align: start;
  }
  .value:hover {
    border-color: var(--threadline-border-strong);
    background: var(--threadline-surface);
  }
  .value.none {
    color: var(--threadline-faint);
  }
  .plain-value {
    padding-inline-start: 7px;
    overflow-wrap: anywhere;
  }
  .field select {
    inline-size: auto;
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .tags .chip {
    background: var(--threadline-surface-press);
    padding-inline-end: 2px;
  }
  .tags button {
    flex: none;
    min-block-size: 16px;
    padding: 0 2px;
    border: 0;
    border-radius: 50%;
    background: none;
    color: inherit;
  }
  .tags form {
    flex: 1 1 80px;
  }
  .tags input {
    min-block-size: 22px;
    padding: 0 6px;
    border-color: transparent;
    border-radius: 999px;
    background: transparent;
    font-size: 12px;
  }
  .things {
    display: grid;
    gap: 8px;
  }
  .things li {
    display: grid;
    grid-template-columns: 16px minmax(0, 1fr);
    gap: 8px;
  }
  .things .icon {
    margin-block-start: 2px;
    color: var(--threadline-faint);
  }
  .things .done {
    color: var(--threadline-faint);
  }
  .things .open .icon {
    color: var(--threadline-accent);
  }
  .things .link {
    white-space: normal;
    text-align: start;
  }
  .top .actions {
    justify-content: center;
    margin-block-start: 8px;
  }
  .custom {
    border-color: transparent;
    background: transparent;
  }
  .address {
    display: grid;
    gap: 6px;
    padding-block: 4px;
  }
  .people {
    display: grid;
    gap: 6px;
  }
  .deal {
    padding: 0 12px 12px;
  }
  .activities {
    display: grid;
    gap: 6px;
    overflow-wrap: anywhere;
  }
  .chart {
    display: block;
    inline-size: 100%;
    max-inline-size: 280px;
    margin-block: 8px;
  }
  .chart .in {
    fill: var(--threadline-accent);
  }
  .chart .out {
    fill: var(--threadline-success);
  }
  .chart .ground {
    fill: var(--threadline-border-strong);
  }
  .overdue {
    color: var(--threadline-danger);
  }
`;
