import { css } from "lit";

export const timelineStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
  }
  .scroller {
    flex: 1 1 0;
    min-block-size: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    /* Older items are put in above by the code itself, in every browser alike. */
    overflow-anchor: none;
    scrollbar-gutter: stable;
  }
  .scroller:focus-visible {
    outline-offset: -2px;
  }
  .content {
    display: flex;
    flex-direction: column;
    gap: 12px;
    max-inline-size: 820px;
    margin-inline: auto;
    padding: 12px 16px 16px;
  }
  .day,
  .divider {
    display: flex;
    align-items: center;
    gap: 12px;
    margin-block: 4px;
    color: var(--threadline-faint);
    font-size: 12px;
    font-weight: 500;
  }
  .day::before,
  .day::after,
  .divider::before,
  .divider::after {
    content: "";
    flex: 1;
    border-block-start: 1px solid var(--threadline-border);
  }
  .divider {
    color: var(--threadline-accent);
    font-weight: 600;
  }
  .divider::before,
  .divider::after {
    border-color: var(--threadline-accent);
  }
  [grouped] {
    margin-block-start: -8px;
  }
  threadline-task,
  threadline-topic,
  threadline-appointment,
  threadline-note {
    margin-inline-start: 38px;
  }
  .activities {
    margin-inline-start: 38px;
    color: var(--threadline-faint);
    font-size: 12px;
  }
  .activities summary {
    inline-size: fit-content;
    border-radius: 3px;
    cursor: pointer;
  }
  .activities li {
    margin-block-start: 2px;
    padding-inline-start: 14px;
  }
  .pill {
    position: absolute;
    inset-block-end: 12px;
    inset-inline: 0;
    display: flex;
    justify-content: center;
    pointer-events: none;
  }
  .pill button {
    border-radius: 999px;
    box-shadow: var(--threadline-shadow);
    pointer-events: auto;
  }
  @container (inline-size < 480px) {
    .content {
      padding-inline: 10px;
    }
    threadline-task,
    threadline-topic,
    threadline-appointment,
    threadline-note,
    .activities {
      margin-inline-start: 0;
    }
  }
  .pick {
    display: flex;
    gap: 6px;
    margin-block: 4px 8px;
  }
  .pick button {
    min-block-size: 24px;
    padding-block: 1px;
    font-size: 12px;
  }
  .pick [aria-pressed="true"] {
    border-color: transparent;
    background: var(--threadline-success-tint);
    color: var(--threadline-success);
  }
`;
