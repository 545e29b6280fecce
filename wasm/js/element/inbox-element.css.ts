import { css } from "lit";

/**
 * The frame: a rail of views beside the view where the element is wide enough, else a
 * menu in the view's head. It follows the width of the element, not of the window.
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
  .root {
    display: grid;
    block-size: 100%;
    min-block-size: inherit;
  }
  .frame {
    position: relative;
    display: flex;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .rail {
    display: none;
    flex: none;
    border-inline-end: 1px solid var(--threadline-border);
    background: var(--threadline-surface-sunk);
  }
  .stage {
    display: flex;
    flex-direction: column;
    flex: 1 1 0;
    min-inline-size: 0;
  }
  .view {
    display: grid;
    flex: 1 1 0;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    min-block-size: 0;
    outline: none;
  }

  @container (inline-size >= 700px) {
    .rail {
      display: block;
    }
    .menu {
      display: none;
    }
  }

  dialog {
    position: absolute;
    inset-block: 46px auto;
    inset-inline: 12px;
    z-index: 20;
    inline-size: min(420px, 100% - 24px);
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
  dialog:focus-visible {
    outline: none;
  }
  .palette {
    inset-block-start: min(15%, 96px);
    inline-size: min(560px, 100% - 24px);
    max-block-size: 70%;
    margin-inline: auto;
  }
`;
