import { css } from "lit";

export const conflictStyles = css`
  .conflict {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    margin-block-start: 8px;
    padding: 6px 8px;
    border: 1px solid var(--threadline-warning-line);
    border-radius: 6px;
    background: var(--threadline-warning-tint);
  }
  .conflict-title {
    flex: 1 1 auto;
    color: var(--threadline-warning);
    font-size: 12px;
    font-weight: 600;
  }
  .conflict button {
    flex: 0 1 auto;
    min-inline-size: 0;
    border-color: var(--threadline-warning-line);
    font-size: 12px;
  }
  .conflict-by {
    flex: none;
    color: var(--threadline-muted);
    font-weight: 400;
  }
`;
