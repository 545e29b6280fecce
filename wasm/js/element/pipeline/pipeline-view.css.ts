import { css } from "lit";

export const pipelineStyles = css`
  .filters {
    flex: none;
    gap: 8px;
    padding: 8px 14px;
    border-block-end: 1px solid var(--threadline-border);
  }
  .filters input {
    inline-size: 200px;
  }
  .filters select {
    inline-size: auto;
  }
  .content {
    display: flex;
    flex: 1 1 0;
    min-block-size: 0;
  }
  .board {
    display: flex;
    flex: 1 1 0;
    gap: 10px;
    min-inline-size: 0;
    padding: 12px 14px;
    overflow: auto;
  }
  .stage {
    display: flex;
    flex-direction: column;
    flex: 1 0 210px;
    min-inline-size: 0;
    max-inline-size: 320px;
    border-radius: var(--threadline-radius);
    background: var(--threadline-surface-sunk);
  }
  .stage.over {
    outline: 2px solid var(--threadline-accent);
    outline-offset: -2px;
  }
  .stage > header {
    padding: 10px 12px 4px;
  }
  .sum {
    color: var(--threadline-muted);
    font-size: 12px;
  }
  .deals {
    display: grid;
    flex: 1 1 auto;
    align-content: start;
    gap: 8px;
    padding: 6px 8px 10px;
  }
  .deal {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    padding: 8px 4px 8px 10px;
    padding-inline: 10px 4px;
    cursor: grab;
  }
  .deal .open {
    justify-content: flex-start;
    min-block-size: 0;
    padding: 0;
    border: 0;
    background: none;
    text-align: start;
    white-space: normal;
  }
  .deal .about {
    grid-column: 1 / -1;
    padding-inline-end: 6px;
  }
  aside {
    flex: none;
    inline-size: 340px;
    padding: 14px;
    border-inline-start: 1px solid var(--threadline-border);
    overflow-y: auto;
  }
  @container (inline-size < 700px) {
    .content {
      position: relative;
    }
    .board {
      flex-direction: column;
    }
    .stage {
      flex: none;
      max-inline-size: none;
    }
    aside {
      position: absolute;
      inset: 0;
      inline-size: auto;
      border: 0;
      background: var(--threadline-surface);
    }
  }
`;
