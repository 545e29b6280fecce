/** What the sections of the settings share. */
import { css, html, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Problem } from "../common/desk.js";
import { Part } from "../common/part.js";
import type { WorkspaceCommand, WorkspaceView } from "../common/types.js";

export const sectionStyles = css`
  :host {
    max-inline-size: 760px;
  }
  fieldset {
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .entries {
    border: 1px solid var(--threadline-border);
    border-radius: var(--threadline-radius);
  }
  .entries > li {
    padding: 6px 8px 6px 12px;
    padding-inline: 12px 8px;
  }
  .entries > li + li {
    border-block-start: 1px solid var(--threadline-border);
  }
  .archived {
    color: var(--threadline-faint);
  }
  * + .block {
    margin-block-start: 28px;
  }
  .hint {
    margin-block: 2px 10px;
    color: var(--threadline-muted);
  }
  .block > .actions,
  .block > form,
  .entries + form {
    margin-block-start: 10px;
  }
`;

/** One section of the settings: shows them, and asks the core to change them. */
export class Section extends Part {
  @property({ attribute: false }) settings: WorkspaceView | undefined;

  /** Why the last change was refused. */
  @state() protected problem: Problem | undefined;

  /** Changes something. False, with the reason in `problem`, when it was refused. */
  protected put(command: WorkspaceCommand): boolean {
    const attempt = this.desk?.attempt(command);
    this.problem = attempt && "problem" in attempt ? attempt.problem : undefined;
    return attempt !== undefined && "outcome" in attempt;
  }

  /** Whether the person may only read. The core refuses too; this keeps them from trying. */
  protected get readOnly(): boolean {
    return this.desk?.client.member?.role !== "admin";
  }
}

/** A part of a section, under a title of its own. */
export function block(title: string, hint: string, content: unknown): TemplateResult {
  return html`<section class="block" aria-label=${title}>
    <h3>${title}</h3>
    <p class="hint">${hint}</p>
    ${content}
  </section>`;
}
