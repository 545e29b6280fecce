import { css } from "lit";

/**
 * Every colour and measure, as custom properties a host may set on the element.
 *
 * One neutral scale, one accent; other hues only mark notes and states. Colours
 * are pairs for light and dark, and `color-scheme` says which one shows, so form
 * controls and scroll bars follow too.
 */
export const tokens = css`
  :host {
    color-scheme: light dark;

    --threadline-font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
    --threadline-font-mono: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
    --threadline-radius: 8px;

    --threadline-surface: light-dark(#ffffff, #16181d);
    --threadline-surface-sunk: light-dark(#f7f8fa, #121419);
    --threadline-surface-raised: light-dark(#ffffff, #1e2127);
    --threadline-surface-hover: light-dark(#f1f3f6, #22262d);
    --threadline-surface-press: light-dark(#e8ebf0, #2b3038);
    --threadline-border: light-dark(#e5e8ed, #2a2e36);
    --threadline-border-strong: light-dark(#cfd4dc, #3d434e);
    --threadline-text: light-dark(#1b1f27, #e7e9ed);
    --threadline-muted: light-dark(#566070, #a4abb8);
    --threadline-faint: light-dark(#656e7c, #8d95a3);

    --threadline-accent: light-dark(#2f5bd3, #9db4ff);
    --threadline-accent-fill: light-dark(#2f5bd3, #3f66d6);
    --threadline-accent-fill-hover: light-dark(#274db6, #4a72e6);
    --threadline-on-accent: #ffffff;
    --threadline-accent-tint: light-dark(#edf2fe, #1f2840);
    --threadline-accent-line: light-dark(#ccd9fa, #33436e);

    --threadline-note: light-dark(#fff9e8, #262114);
    --threadline-note-line: light-dark(#efdfae, #4a3f20);
    --threadline-note-text: light-dark(#7a5a05, #e2c679);

    --threadline-danger: light-dark(#b42318, #ff9d94);
    --threadline-danger-tint: light-dark(#fef1f0, #331b1b);
    --threadline-danger-line: light-dark(#f5c8c4, #5e2c2a);
    --threadline-warning: light-dark(#8f4d00, #f5b971);
    --threadline-warning-tint: light-dark(#fff4e5, #302210);
    --threadline-warning-line: light-dark(#f3d3a8, #57401f);
    --threadline-success: light-dark(#1e7a42, #7dd69c);
    --threadline-success-tint: light-dark(#ecf8f0, #16281d);
    --threadline-success-line: light-dark(#bfe3cc, #2a4a36);
    --threadline-shadow: 0 8px 24px light-dark(rgb(20 26 40 / 0.14), rgb(0 0 0 / 0.5));
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
`;
