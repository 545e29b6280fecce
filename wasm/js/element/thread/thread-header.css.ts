import { css } from "lit";

export const headerStyles = css`
  header {
    padding: 8px 12px 6px;
    border-block-end: 1px solid var(--threadline-border);
  }
  h2 {
    font-size: 15px;
    line-height: 20px;
  }
  .company {
    font-size: 13px;
    font-weight: 400;
  }
  .subject {
    line-height: 18px;
  }
  .bar {
    gap: 4px 6px;
    margin-block-start: 6px;
  }
  .choice {
    gap: 2px;
    color: var(--threadline-faint);
  }
  .choice .icon {
    inline-size: 14px;
    block-size: 14px;
  }
  .choice.high .icon {
    color: var(--threadline-warning);
  }
  .choice.critical .icon {
    color: var(--threadline-danger);
  }
  @container (inline-size < 480px) {
    .act {
      display: none;
    }
  }
  .bar .chip {
    max-inline-size: 160px;
  }
  button.starred {
    color: var(--threadline-warning);
  }
  .starred .icon {
    fill: currentColor;
  }
  .presence {
    flex: none;
  }
  .presence > .line {
    gap: 0;
  }
  .presence .avatar {
    outline: 2px solid var(--threadline-surface);
  }
  .presence .avatar + .avatar {
    margin-inline-start: -4px;
  }
  .back {
    display: var(--threadline-back-display, inline-flex);
  }
  .details {
    display: var(--threadline-details-display, inline-flex);
  }
`;
