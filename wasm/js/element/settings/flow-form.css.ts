import { css } from "lit";

/** The form of a flow: conditions in a row each, actions in a card each. */
export const flowFormStyles = css`
  :host {
    padding-block: 6px;
  }
  form,
  section {
    display: grid;
    gap: 10px;
  }
  form {
    gap: 18px;
  }
  .hint {
    color: var(--threadline-muted);
  }
  ol {
    display: grid;
    gap: 8px;
    list-style: none;
  }
  .condition {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 1fr) minmax(0, 2fr) auto;
    align-items: start;
    gap: 8px;
  }
  .action {
    display: grid;
    gap: 10px;
  }
  .action .form {
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr));
  }
  .action h4 {
    margin: 0;
    font-size: 13px;
    font-weight: 600;
  }
  .due {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
    gap: 6px;
  }
  .summary {
    padding: 10px 12px;
    border-radius: 6px;
    background: var(--threadline-surface-sunk);
    overflow-wrap: anywhere;
  }
  @container (inline-size < 520px) {
    .action .insert {
      display: none;
    }
    .condition {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto;
    }
    .condition > :first-child {
      grid-column: 1 / 3;
    }
    .condition > :nth-child(2) {
      grid-row: 2;
    }
    .condition > :nth-child(3) {
      grid-area: 2 / 2 / 3 / 4;
    }
    .condition > button {
      grid-area: 1 / 3;
    }
  }
`;
