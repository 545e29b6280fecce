import { css } from "lit";

/** What every part shares: text, buttons, fields, chips, cards. Only logical properties, for right-to-left. */
export const base = css`
  :host {
    display: block;
    color: var(--threadline-text);
    font: 400 13px/1.45 var(--threadline-font);
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2,
  h3 {
    font-size: 13px;
    font-weight: 600;
  }
  .icon {
    inline-size: 16px;
    block-size: 16px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
    vertical-align: -3px;
  }
  .turning:dir(rtl) {
    scale: -1 1;
  }
  .muted {
    color: var(--threadline-muted);
  }
  .faint {
    color: var(--threadline-faint);
  }
  .small {
    font-size: 12px;
  }
  .clip {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    min-inline-size: 0;
  }
  .grow {
    flex: 1 1 auto;
    min-inline-size: 0;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
  }
  .wrap {
    flex-wrap: wrap;
  }
  .words {
    display: var(--threadline-words-display, inline);
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-block-size: 28px;
    padding: 3px 10px;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 6px;
    background: var(--threadline-surface-raised);
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
    touch-action: manipulation;
  }
  button:hover {
    background: var(--threadline-surface-hover);
  }
  button:active {
    background: var(--threadline-surface-press);
  }
  button.primary {
    border-color: transparent;
    background: var(--threadline-accent-fill);
    color: var(--threadline-on-accent);
  }
  button.primary:hover {
    background: var(--threadline-accent-fill-hover);
  }
  button.plain {
    border-color: transparent;
    background: transparent;
    color: var(--threadline-muted);
  }
  button.plain:hover {
    background: var(--threadline-surface-hover);
    color: var(--threadline-text);
  }
  button.icon-only {
    inline-size: 28px;
    padding: 0;
    flex: none;
  }
  button.link {
    min-block-size: 0;
    padding: 0;
    border: 0;
    border-radius: 3px;
    background: none;
    color: var(--threadline-accent);
  }
  button.link:hover {
    text-decoration: underline;
  }
  button.danger {
    color: var(--threadline-danger);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--threadline-accent);
    outline-offset: 1px;
  }

  input:where(:not([type="checkbox"])),
  select,
  textarea {
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: 30px;
    padding: 4px 8px;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 6px;
    background: var(--threadline-surface);
  }
  textarea {
    display: block;
    resize: vertical;
  }
  ::placeholder {
    color: var(--threadline-faint);
    opacity: 1;
  }
  select {
    cursor: pointer;
  }
  select.quiet {
    inline-size: auto;
    max-inline-size: 100%;
    min-block-size: 26px;
    padding: 2px 4px;
    border-color: transparent;
    background: transparent;
    color: var(--threadline-muted);
    text-overflow: ellipsis;
    field-sizing: content;
  }
  select.quiet:hover,
  input.quiet:hover {
    border-color: var(--threadline-border-strong);
    color: var(--threadline-text);
  }
  option {
    background: var(--threadline-surface-raised);
    color: var(--threadline-text);
  }
  [aria-invalid="true"] {
    border-color: var(--threadline-danger);
  }
  label,
  .label {
    display: block;
    margin-block-end: 4px;
    color: var(--threadline-muted);
    font-size: 12px;
    font-weight: 500;
  }
  .field-error {
    margin-block-start: 4px;
    color: var(--threadline-danger);
    font-size: 12px;
  }

  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    max-inline-size: 100%;
    padding: 1px 7px;
    border-radius: 999px;
    background: var(--threadline-surface-hover);
    color: var(--threadline-muted);
    font-size: 12px;
    line-height: 18px;
    white-space: nowrap;
  }
  .chip .icon {
    inline-size: 12px;
    block-size: 12px;
  }
  .chip.accent {
    background: var(--threadline-accent-tint);
    color: var(--threadline-accent);
  }
  .chip.danger {
    background: var(--threadline-danger-tint);
    color: var(--threadline-danger);
  }
  .chip.warning {
    background: var(--threadline-warning-tint);
    color: var(--threadline-warning);
  }
  .chip.success {
    background: var(--threadline-success-tint);
    color: var(--threadline-success);
  }

  .card {
    padding: 10px 12px;
    border: 1px solid var(--threadline-border);
    border-radius: var(--threadline-radius);
    background: var(--threadline-surface-raised);
  }
  .form {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 160px), 1fr));
    gap: 10px 12px;
  }
  .form > .wide {
    grid-column: 1 / -1;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }

  .blank {
    margin: auto;
    padding: 24px;
    max-inline-size: 44ch;
    color: var(--threadline-muted);
    text-align: center;
  }
  .blank .icon {
    inline-size: 32px;
    block-size: 32px;
    margin-block-end: 12px;
    color: var(--threadline-faint);
  }
  .blank .title {
    margin-block-end: 4px;
    color: var(--threadline-text);
    font-size: 15px;
    font-weight: 600;
  }
  .blank button {
    margin-block-start: 12px;
  }
  .blank button .icon {
    inline-size: 16px;
    block-size: 16px;
    margin: 0;
    color: inherit;
  }

  .skeleton {
    display: grid;
    gap: 16px;
    padding: 24px 16px;
  }
  .skeleton span {
    block-size: 48px;
    inline-size: 60%;
    border-radius: var(--threadline-radius);
    background: var(--threadline-surface-hover);
    animation: breathe 1.4s ease-in-out infinite alternate;
  }
  .skeleton span:nth-child(even) {
    justify-self: end;
  }
  @keyframes breathe {
    to {
      opacity: 0.5;
    }
  }

  .avatar {
    display: inline-grid;
    place-items: center;
    flex: none;
    inline-size: 32px;
    block-size: 32px;
    border-radius: 50%;
    font-size: 12px;
    font-weight: 600;
    letter-spacing: 0.02em;
    user-select: none;
  }
  .avatar.tiny {
    inline-size: 20px;
    block-size: 20px;
    font-size: 9px;
  }
  .hue-0 {
    background: light-dark(#dfe9ff, #26355c);
    color: light-dark(#23439b, #bccdff);
  }
  .hue-1 {
    background: light-dark(#d9f2ef, #17403c);
    color: light-dark(#0d5c54, #93ddd3);
  }
  .hue-2 {
    background: light-dark(#ece4fd, #3a2c5c);
    color: light-dark(#5932a8, #d3c0fb);
  }
  .hue-3 {
    background: light-dark(#fde8d8, #4d311c);
    color: light-dark(#8a3f0b, #f4c39e);
  }
  .hue-4 {
    background: light-dark(#fbe1ec, #4e2438);
    color: light-dark(#95245b, #f4b5d1);
  }
  .hue-5 {
    background: light-dark(#e3f2d6, #2a3f1b);
    color: light-dark(#3d6213, #b9dd96);
  }
  .hue-6 {
    background: light-dark(#dcf0fb, #173c50);
    color: light-dark(#11597f, #a0d7f3);
  }
  .hue-7 {
    background: light-dark(#f7ecc9, #433914);
    color: light-dark(#6d5304, #e7d27f);
  }

  @media (forced-colors: active) {
    .chip,
    .avatar,
    .card,
    button {
      border: 1px solid currentColor;
    }
    [aria-pressed="true"],
    [role="tab"][aria-selected="true"] {
      border-color: Highlight;
      color: Highlight;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`;
