import { css } from "lit";

/**
 * Panes follow the width of the view, not of the window: from 1,100 px list, thread
 * and details; from 700 px list and thread, details as a drawer; below, one pane at a
 * time. What parts inside must know of it reaches them as a property.
 */
export const inboxViewStyles = css`
  :host {
    display: block;
    min-inline-size: 0;
    min-block-size: 0;
    container-type: inline-size;
  }
  .panes {
    position: relative;
    display: grid;
    block-size: 100%;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  }
  .list,
  .thread,
  aside {
    grid-area: 1 / 1;
  }
  .list {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    background: var(--threadline-surface-sunk);
  }
  .top {
    gap: 4px;
    padding-block: 8px 0;
    padding-inline: 14px 8px;
  }
  .top h2 {
    font-size: 16px;
  }
  .thread {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    min-block-size: 0;
    min-inline-size: 0;
    background: var(--threadline-surface);
    /* No key leads to it: it has the focus while the thread is on its way, or after a click. */
    outline: none;
  }
  threadline-list {
    flex: 1 1 0;
  }
  aside {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0;
    z-index: 10;
    inline-size: min(320px, 100%);
    border-inline-start: 1px solid var(--threadline-border);
    background: var(--threadline-surface);
    box-shadow: var(--threadline-shadow);
  }
  threadline-profile {
    block-size: 100%;
  }
  .panes:not(.with-details) aside {
    display: none;
  }
  .in-thread {
    display: var(--threadline-aside-display, inline-block);
  }
  .close-details {
    position: absolute;
    inset-block-start: 8px;
    inset-inline-end: 8px;
    z-index: 11;
  }
  .panes:not(.with-details) .close-details {
    display: none;
  }
  .panes.with-thread .list,
  .panes:not(.with-thread) .thread {
    display: none;
  }
  .solo .list {
    display: none;
  }
  .panes.solo .thread {
    display: grid;
  }

  @container (inline-size >= 700px) {
    .panes:not(.solo) {
      grid-template-columns: minmax(280px, 36%) minmax(0, 1fr);
      --threadline-back-display: none;
      --threadline-aside-display: none;
    }
    .panes:not(.solo) .list {
      display: flex;
      border-inline-end: 1px solid var(--threadline-border);
    }
    .panes:not(.solo) .thread {
      grid-area: 1 / 2;
      display: grid;
    }
  }
  @container (inline-size >= 1050px) {
    .panes:not(.solo) {
      grid-template-columns: 340px minmax(0, 1fr) 288px;
    }
    .panes.solo {
      grid-template-columns: minmax(0, 1fr) 288px;
    }
    .panes:not(.solo, .with-thread) {
      grid-template-columns: 340px minmax(0, 1fr);
    }
    .panes {
      --threadline-details-display: none;
    }
    .panes .close-details {
      display: none;
    }
    .panes aside,
    .panes:not(.with-details) aside {
      position: static;
      grid-area: 1 / -2;
      display: block;
      inline-size: auto;
      min-block-size: 0;
      box-shadow: none;
    }
  }
`;
