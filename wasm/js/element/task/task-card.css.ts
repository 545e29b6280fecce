import { css } from "lit";

export const taskStyles = css`
  .card {
    border-inline-start: 3px solid var(--threadline-accent);
  }
  .card.over {
    border-inline-start-color: var(--threadline-border-strong);
  }
  .mark {
    color: var(--threadline-accent);
  }
  .mark.done {
    color: var(--threadline-success);
  }
  .mark.cancelled {
    color: var(--threadline-faint);
  }
  .title {
    font-size: 14px;
    overflow-wrap: anywhere;
  }
  .over .title {
    color: var(--threadline-muted);
  }
  .description {
    margin-block-start: 2px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .properties {
    gap: 2px 10px;
    margin-block-start: 4px;
  }
  .properties .line {
    gap: 4px;
  }
  .properties .icon {
    inline-size: 14px;
    block-size: 14px;
    color: var(--threadline-faint);
  }
  .editor.high .icon {
    color: var(--threadline-warning);
  }
  .editor.critical .icon,
  .due.danger .icon {
    color: var(--threadline-danger);
  }
  button.due {
    min-block-size: 26px;
    padding-inline: 4px;
    font-weight: 400;
  }
  button.due.danger {
    color: var(--threadline-danger);
    font-weight: 500;
  }
  .due-form {
    margin-block-start: 8px;
  }
  .due-form input {
    inline-size: auto;
  }
  .actions {
    margin-block-start: 8px;
  }
  .by {
    margin-inline-start: auto;
    align-self: center;
  }
  .outcome {
    margin-block-start: 12px;
    padding-block-start: 12px;
    border-block-start: 1px solid var(--threadline-border);
  }
  .outcome .actions {
    margin: 0;
  }
  .check {
    margin: 0;
  }
  .edit {
    margin-block-start: 12px;
  }
  .follow {
    padding: 10px 12px;
    border: 1px solid var(--threadline-border);
    border-radius: var(--threadline-radius);
  }
`;
