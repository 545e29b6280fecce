import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { blank } from "../common/blank.js";
import type { Desk } from "../common/desk.js";
import { formError } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { strings } from "../common/strings.js";
import type { Flow } from "../common/types.js";
import { flows as words } from "../strings/en/flows.js";
import { base } from "../styles/base.css.js";
import { Section, sectionStyles } from "./section.js";
import { flowText } from "./flow-text.js";

const styles = css`
  .what {
    overflow-wrap: anywhere;
  }
  .off .name,
  .off .what {
    color: var(--threadline-faint);
  }
  [role="switch"] {
    appearance: none;
    flex: none;
    inline-size: 32px;
    block-size: 18px;
    margin: 0 4px;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 999px;
    background: var(--threadline-surface-press);
    cursor: pointer;
  }
  [role="switch"]::before {
    content: "";
    display: block;
    inline-size: 12px;
    block-size: 12px;
    margin: 2px;
    border-radius: 50%;
    background: var(--threadline-muted);
    transition: margin 120ms;
  }
  [role="switch"]:checked {
    border-color: transparent;
    background: var(--threadline-accent-fill);
  }
  [role="switch"]:checked::before {
    margin-inline-start: 16px;
    background: var(--threadline-on-accent);
  }
  [role="switch"]:disabled {
    cursor: default;
  }
  @media (forced-colors: active) {
    [role="switch"]::before {
      background: ButtonText;
    }
    [role="switch"]:checked::before {
      background: Highlight;
    }
  }
`;

/** The automations: what happens by itself, and when. */
export class Flows extends Section {
  static override styles = [base, sectionStyles, styles];

  /** The flow in the form: its id, or `new`. */
  @state() private editing: string | undefined;

  protected override render(): unknown {
    const { settings, desk, readOnly } = this;
    if (!settings || !desk) return nothing;
    const { flows } = settings;
    const add = html`<button id="new" @click=${() => this.edit("new")}>
      ${icon("plus")} ${words().new}
    </button>`;
    if (flows.length === 0 && this.editing !== "new") {
      return blank("flow", words().empty, readOnly ? nothing : add);
    }
    return html`
      <ul class=${flows.length > 0 ? "entries" : ""}>
        ${repeat(
          flows,
          ({ id }) => id,
          (flow) =>
            this.editing === flow.id
              ? html`<li>${this.renderForm(flow, desk)}</li>`
              : this.renderFlow(flow, desk),
        )}
      </ul>
      ${formError(this.problem, [])}
      ${
        readOnly
          ? nothing
          : this.editing === "new"
            ? html`<div class="block card">${this.renderForm(undefined, desk)}</div>`
            : html`<p class="block actions">${add}</p>`
      }
    `;
  }

  private renderFlow(flow: Flow, desk: Desk): TemplateResult {
    const { id, name, active } = flow;
    return html`<li class="line ${active ? "" : "off"}">
      <div class="grow">
        <p class="name"><span dir="auto">${name}</span></p>
        <p class="muted small what">${flowText(flow, desk)}</p>
      </div>
      <input
        type="checkbox"
        role="switch"
        aria-label=${words().active(name)}
        title=${words().active(name)}
        .checked=${live(active)}
        ?disabled=${this.readOnly}
        @change=${(event: Event) => {
          const { checked } = event.target as HTMLInputElement;
          this.put({ type: "switch_flow", flow: id, active: checked });
          this.requestUpdate();
        }}
      />
      ${
        this.readOnly
          ? nothing
          : html`<button
                id="edit-${id}"
                class="plain icon-only"
                aria-label=${words().edit(name)}
                title=${words().edit(name)}
                @click=${() => this.edit(id)}
              >
                ${icon("pencil")}
              </button>
              <button
                class="plain icon-only"
                aria-label=${words().remove(name)}
                title=${words().remove(name)}
                @click=${() => this.drop(flow)}
              >
                ${icon("trash")}
              </button>`
      }
    </li>`;
  }

  private renderForm(flow: Flow | undefined, desk: Desk): TemplateResult {
    return html`<threadline-flow-form
      .desk=${desk}
      .flow=${flow}
      @done=${() => this.edit(undefined)}
    ></threadline-flow-form>`;
  }

  /** Opens the form of a flow; closed again, the focus is back on what opened it. */
  private edit(id: string | undefined): void {
    const opener = this.editing === "new" ? "new" : `edit-${this.editing}`;
    this.editing = id;
    this.problem = undefined;
    if (id !== undefined) return;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`[id="${opener}"]`)?.focus(),
    );
  }

  private drop(flow: Flow): void {
    if (!this.put({ type: "remove_flow", flow: flow.id })) return;
    this.desk?.notify({
      text: words().removed(flow.name),
      action: { label: strings.undo, run: () => this.put({ type: "put_flow", flow }) },
    });
  }
}
