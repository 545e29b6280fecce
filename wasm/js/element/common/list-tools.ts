/** What stands above a long list: scopes, search, filters; and how its rows look. */
import { css, html, type TemplateResult } from "lit";
import { icon } from "./icons.js";

export const listToolStyles = css`
  .tools {
    flex: none;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 8px;
    padding: 8px 14px;
    border-block-end: 1px solid var(--threadline-border);
  }
  .scopes {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .scopes button {
    border-color: transparent;
    background: none;
    color: var(--threadline-muted);
  }
  .scopes button[aria-pressed="true"] {
    background: var(--threadline-accent-tint);
    color: var(--threadline-accent);
  }
  .count {
    font-weight: 400;
  }
  .search {
    position: relative;
    flex: 1 1 160px;
    max-inline-size: 320px;
    margin-inline-start: auto;
  }
  .search .icon {
    position: absolute;
    inset-inline-start: 8px;
    inset-block-start: 7px;
    color: var(--threadline-faint);
    pointer-events: none;
  }
  .search input {
    padding-inline-start: 30px;
  }
  .filters {
    flex: 1 0 100%;
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(140px, 1fr));
    gap: 6px 8px;
  }
  .filters label {
    margin: 0;
  }
  .rows {
    position: relative;
    flex: 1 1 0;
    min-block-size: 120px;
    overflow: auto;
  }
  .canvas {
    position: relative;
  }
  .canvas > * {
    position: absolute;
    inset-inline: 0;
    inset-block-start: 0;
  }
  .heading {
    display: flex;
    align-items: end;
    gap: 6px;
    padding: 4px 14px;
    color: var(--threadline-muted);
    font-size: 12px;
  }
  .heading.overdue {
    color: var(--threadline-danger);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
    padding-inline: 14px;
    border-block-end: 1px solid var(--threadline-border);
  }
  .row:hover,
  .row:focus-within {
    background: var(--threadline-surface-hover);
  }
  .row.marked {
    background: var(--threadline-accent-tint);
  }
  .open {
    display: block;
    flex: 1 1 auto;
    min-inline-size: 0;
    padding: 4px 0;
    border: 0;
    background: none;
    font-weight: 400;
    text-align: start;
  }
  .open:hover,
  .open:active {
    background: none;
  }
  .open .title {
    display: block;
    inline-size: fit-content;
    max-inline-size: 100%;
    font-weight: 500;
  }
  .open .line {
    gap: 6px;
  }
`;

/** A search field. */
export function searchField(
  label: string,
  value: string,
  onInput: (text: string) => void,
): TemplateResult {
  return html`<div class="search" role="search">
    ${icon("search")}
    <input
      type="search"
      dir="auto"
      placeholder=${label}
      aria-label=${label}
      .value=${value}
      @input=${(event: Event) => onInput((event.target as HTMLInputElement).value)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Escape" || value === "") return;
        event.stopPropagation();
        onInput("");
      }}
    />
  </div>`;
}

/** A filter: a select whose first line, with the value `""`, lets all pass. */
export function filterSelect(
  label: string,
  any: string,
  value: string,
  entries: readonly (readonly [value: string, text: string])[],
  onChange: (value: string) => void,
): TemplateResult {
  return html`<label
    >${label}
    <select @change=${(event: Event) => onChange((event.target as HTMLSelectElement).value)}>
      <option value="" ?selected=${value === ""}>${any}</option>
      ${entries.map(
        ([each, text]) => html`<option value=${each} ?selected=${each === value}>${text}</option>`,
      )}
    </select>
  </label>`;
}
