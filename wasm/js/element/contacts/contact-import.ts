import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { problemOf } from "../common/desk.js";
import { fileSize } from "../common/format.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { saveFile } from "../common/save-file.js";
import { strings } from "../common/strings.js";
import type { ImportPlan, ImportRow } from "../common/types.js";
import { contacts as words } from "../strings/en/contacts.js";
import { base } from "../styles/base.css.js";
import { countOf, isToDo, noteworthyFirst, reasonText, refusedRows } from "./import-text.js";

/** What a file has at most, as the core has it in `limits.rs`. */
const FILE_BYTES = 32 * 1024 * 1024;
/** Rows that are drawn before one asks for more. */
const PAGE = 100;
/** Contacts that are taken in at once, before the page gets its turn. */
const BATCH = 20;

const styles = css`
  :host {
    display: block;
    padding: 14px;
  }
  h3 {
    margin-block-end: 4px;
  }
  section {
    display: grid;
    gap: 10px;
  }
  progress {
    inline-size: 100%;
    accent-color: var(--threadline-accent);
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    padding-block: 6px;
    border-block-start: 1px solid var(--threadline-border);
  }
`;

/**
 * Takes contacts from a file: what it would do is shown before anything is done.
 * @fires close
 */
export class ContactImport extends Part {
  static override styles = [base, styles];

  @state() private file: File | undefined;
  @state() private plan: ImportPlan | undefined;
  @state() private problem = "";
  @state() private limit = PAGE;
  /** Rows that were taken in, while it goes on and after it. */
  @state() private taken: number | undefined;
  /** Why rows were not taken in that the plan had, by their line. */
  @state() private failures = new Map<number, string>();
  @state() private busy = false;

  protected override render(): unknown {
    const { desk, plan, taken } = this;
    if (!desk) return nothing;
    const text = words().files;
    return html`<section aria-label=${text.import}>
      <h3>${text.import}</h3>
      <div>
        <label for="file">${text.choose}</label>
        <input
          id="file"
          type="file"
          accept=".csv,.tsv,.txt,.vcf,.vcard,text/csv,text/vcard"
          ?disabled=${this.busy}
          @change=${this.onFile}
        />
        <p class="faint small">${text.hint}</p>
      </div>
      ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
      ${plan ? this.renderPlan(plan) : nothing}
      <div class="line wrap">
        ${plan && taken === undefined ? this.renderGo(plan) : nothing}
        ${plan?.rows.some(({ verdict }) => verdict === "refused") ? this.renderSave(plan) : nothing}
        <button type="button" class="plain" @click=${() => this.dispatchEvent(new Event("close"))}>
          ${taken === undefined || this.busy ? strings.cancel : text.done}
        </button>
      </div>
      ${plan ? this.renderRows(plan) : nothing}
    </section>`;
  }

  private renderPlan(plan: ImportPlan): TemplateResult {
    const text = words().files;
    const toDo = plan.rows.filter(isToDo).length;
    const counts = (["new", "fill", "known", "refused"] as const)
      .map((verdict) => ({ verdict, n: countOf(plan, verdict) }))
      .filter(({ n }) => n > 0);
    return html`<div role="status">
        ${toDo === 0 ? html`<p><strong>${text.nothing}</strong></p>` : nothing}
        <p class="line wrap">
          ${counts.map(({ verdict, n }) => html`<span class="chip">${text.counts[verdict](n)}</span>`)}
        </p>
        ${this.taken === undefined ? nothing : html`<p>${text.taken(this.taken)}</p>`}
      </div>
      ${
        this.busy
          ? html`<progress
              aria-label=${text.progress}
              max=${toDo}
              .value=${(this.taken ?? 0) + this.failures.size}
            ></progress>`
          : nothing
      }
      ${
        plan.ignored.length > 0
          ? html`<p class="faint small">${text.ignored(plan.ignored.join(", "))}</p>`
          : nothing
      }`;
  }

  private renderGo(plan: ImportPlan): unknown {
    const toDo = plan.rows.filter(isToDo).length;
    if (toDo === 0) return nothing;
    return html`<button type="button" class="primary" @click=${() => this.take(plan)}>
      ${words().files.go(toDo)}
    </button>`;
  }

  private renderSave(plan: ImportPlan): TemplateResult {
    const save = (): void => saveFile(refusedRows(plan), `refused-${this.file?.name ?? "rows"}`);
    return html`<button type="button" @click=${save}>
      ${icon("download")} ${words().files.saveRefused}
    </button>`;
  }

  private renderRows(plan: ImportPlan): TemplateResult {
    const rows = noteworthyFirst(plan.rows);
    return html`<ul aria-label=${words().files.rows}>
        ${rows.slice(0, this.limit).map((row) => this.renderRow(row))}
      </ul>
      ${
        rows.length > this.limit
          ? html`<button type="button" class="plain" @click=${() => (this.limit += PAGE)}>
              ${words().more}
            </button>`
          : nothing
      }`;
  }

  private renderRow(row: ImportRow): TemplateResult {
    const text = words().files;
    const failure = this.failures.get(row.line);
    const gains = row.gains.map((field) => text.gains[field] ?? field);
    return html`<li>
      <div class="line">
        <span class="faint small">${text.line(row.line)}</span>
        <strong class="grow clip"><bdi>${row.name || strings.unknown}</bdi></strong>
        <span class="chip ${row.verdict === "refused" ? "warning" : ""}"
          >${text.verdicts[row.verdict]}</span
        >
      </div>
      ${gains.length > 0 ? html`<p class="small">${text.gainsThese(gains.join(", "))}</p>` : nothing}
      ${row.remarks.map((remark) => html`<p class="small">${reasonText(remark)}</p>`)}
      ${failure ? html`<p class="small field-error">${failure}</p>` : nothing}
    </li>`;
  }

  private readonly onFile = async (event: Event): Promise<void> => {
    const { desk } = this;
    const file = (event.target as HTMLInputElement).files?.[0];
    this.file = file;
    this.plan = undefined;
    this.taken = undefined;
    this.failures = new Map();
    this.problem = "";
    this.limit = PAGE;
    if (!desk || !file) return;
    if (file.size > FILE_BYTES) {
      this.problem = words().files.tooLarge(fileSize(FILE_BYTES));
      return;
    }
    try {
      const bytes = await readBytes(file);
      const plan = bytes && (await desk.client.contactFiles.plan(bytes));
      // Another file may have been chosen meanwhile.
      if (this.file !== file) return;
      if (plan) this.plan = plan;
      else this.problem = words().files.unreadable;
    } catch (error) {
      this.problem = problemOf(error).message;
    }
  };

  /** Takes in what there is to do, until it is done or the person goes away. */
  private async take(plan: ImportPlan): Promise<void> {
    const { desk } = this;
    if (!desk || this.busy) return;
    this.busy = true;
    this.taken = 0;
    const rows = plan.rows.filter(isToDo);
    for (let at = 0; at < rows.length && this.isConnected; at += BATCH) {
      await Promise.all(
        rows.slice(at, at + BATCH).map(async (row) => {
          try {
            await desk.client.contactFiles.take(row);
            this.taken = (this.taken ?? 0) + 1;
          } catch (error) {
            this.failures = new Map(this.failures).set(row.line, problemOf(error).message);
          }
        }),
      );
    }
    this.busy = false;
  }
}

/** The bytes of a file; undefined for one that is gone. */
async function readBytes(file: File): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}

/** What the import is made of. */
export const elements = { "threadline-contact-import": ContactImport };
