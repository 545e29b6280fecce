import { css } from "lit";

/**
 * Panes follow the width of the element, not of the window: from 1,100 px list,
 * thread and details; from 700 px list and thread, details as a drawer; below, one
 * pane at a time. What parts inside must know of it reaches them as a property.
 */
export const inboxStyles = css`
  :host {
    position: relative;
    display: block;
    block-size: 100%;
    min-block-size: 360px;
    overflow: hidden;
    container-type: inline-size;
    background: var(--threadline-surface);
    color: var(--threadline-text);
  }
  .frame {
    display: flex;
    flex-direction: column;
    block-size: 100%;
    min-block-size: inherit;
  }
  .panes {
    position: relative;
    display: grid;
    flex: 1 1 0;
    min-block-size: 0;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  }
  .list,
  threadline-thread,
  threadline-profile {
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
    padding: 8px 8px 0 14px;
  }
  .top h2 {
    font-size: 16px;
  }
  threadline-list {
    flex: 1 1 0;
  }
  .banner {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 4px 12px;
    border-block-end: 1px solid var(--threadline-warning-line);
    background: var(--threadline-warning-tint);
    color: var(--threadline-warning);
    font-size: 12px;
  }
  .banner.danger {
    border-color: var(--threadline-danger-line);
    background: var(--threadline-danger-tint);
    color: var(--threadline-danger);
  }
  threadline-profile {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0;
    z-index: 10;
    inline-size: min(320px, 100%);
    border-inline-start: 1px solid var(--threadline-border);
    box-shadow: var(--threadline-shadow);
  }
  .panes:not(.with-details) threadline-profile {
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
  .panes:not(.with-thread) threadline-thread {
    display: none;
  }
  .solo .list {
    display: none;
  }
  .solo threadline-thread {
    display: flex;
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
    .panes:not(.solo) threadline-thread {
      grid-area: 1 / 2;
      display: flex;
    }
  }
  @container (inline-size >= 1100px) {
    .panes:not(.solo) {
      grid-template-columns: 360px minmax(0, 1fr) 288px;
    }
    .panes.solo {
      grid-template-columns: minmax(0, 1fr) 288px;
    }
    .panes:not(.solo, .with-thread) {
      grid-template-columns: 360px minmax(0, 1fr);
    }
    .panes {
      --threadline-details-display: none;
    }
    .panes .close-details {
      display: none;
    }
    .panes threadline-profile,
    .panes:not(.with-details) threadline-profile {
      position: static;
      grid-area: 1 / -2;
      display: block;
      inline-size: auto;
      box-shadow: none;
    }
  }

  dialog {
    position: absolute;
    inset-block: 42px auto;
    inset-inline: 12px;
    z-index: 20;
    inline-size: min(400px, 100% - 24px);
    max-block-size: calc(100% - 60px);
    margin: 0;
    padding: 0;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 10px;
    background: var(--threadline-surface-raised);
    color: inherit;
    box-shadow: var(--threadline-shadow);
    overflow-y: auto;
  }
  .trouble {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 4px;
    block-size: 100%;
    padding: 24px;
    text-align: center;
  }
  .trouble .icon {
    inline-size: 32px;
    block-size: 32px;
    margin-block-end: 8px;
    color: var(--threadline-faint);
  }
  .trouble button {
    margin-block-start: 12px;
  }
`;
