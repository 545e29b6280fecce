import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { problemOf, type Desk } from "../common/desk.js";
import { fileSize } from "../common/format.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { saveFile } from "../common/save-file.js";
import { strings } from "../common/strings.js";
import type { ImportRow, ImportRun } from "../common/types.js";
import { contacts as words } from "../strings/en/contacts.js";
import { base } from "../styles/base.css.js";
import { countOf, fileOf, noteworthyFirst, reasonText } from "./import-text.js";

/** What a file has at most, as the core has it in `limits.rs`. */
const FILE_BYTES = 32 * 1024 * 1024;
/** Rows that are drawn before one asks for more. */
const PAGE = 100;
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
 * Takes contacts from a file: what it would do is shown before anything is done. It goes on when
 * somebody turns to something else, and is shown again to who comes back.
 * @fires close
 */
export class ContactImport extends Part {
  static override styles = [base, styles];

  @state() private file: File | undefined;
  @state() private run: ImportRun | undefined;
  @state() private problem = "";
  @state() private limit = PAGE;

  @query("section") private readonly section!: HTMLElement | null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.run?.removeEventListener("progress", this.onProgress);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("desk")) this.follow(this.desk?.client.contactFiles.run);
  }

  protected override render(): unknown {
    const { desk, run } = this;
    if (!desk) return nothing;
    const text = words().files;
    return html`<section aria-label=${text.import} tabindex="-1">
      <h3>${text.import}</h3>
      <div>
        <label for="file">${text.choose}</label>
        <input
          id="file"
          type="file"
          accept=".csv,.tsv,.txt,.vcf,.vcard,text/csv,text/vcard"
          ?disabled=${run?.busy ?? false}
          @change=${this.onFile}
        />
        <p class="faint small">${text.hint}</p>
      </div>
      ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
      ${run ? this.renderPlan(run) : nothing}
      <div class="line wrap">
        ${run ? this.renderGo(desk, run) : nothing} ${run ? this.renderSave(run) : nothing}
        <button type="button" class="plain" @click=${() => this.end(desk)}>
          ${run?.begun && !run.busy ? text.done : strings.cancel}
        </button>
      </div>
      ${run ? this.renderRows(run) : nothing}
    </section>`;
  }

  private renderPlan(run: ImportRun): TemplateResult {
    const { plan } = run;
    const text = words().files;
    const counts = (["new", "fill", "known", "refused"] as const)
      .map((verdict) => ({ verdict, n: countOf(plan, verdict) }))
      .filter(({ n }) => n > 0);
    return html`<p class="faint small clip" dir="auto">${run.name}</p>
      <div role="status">
        ${run.total === 0 ? html`<p><strong>${text.nothing}</strong></p>` : nothing}
        <p class="line wrap">
          ${counts.map(({ verdict, n }) => html`<span class="chip">${text.counts[verdict](n)}</span>`)}
        </p>
        ${run.begun ? html`<p>${text.taken(run.taken)}</p>` : nothing}
      </div>
      ${
        run.busy
          ? html`<progress
              aria-label=${text.progress}
              max=${run.total}
              .value=${run.total - run.left + run.failures.size}
            ></progress>`
          : nothing
      }
      ${
        plan.ignored.length > 0
          ? html`<p class="faint small">${text.ignored(plan.ignored.join(", "))}</p>`
          : nothing
      }`;
  }

  private renderGo(desk: Desk, run: ImportRun): unknown {
    if (run.busy || run.left === 0) return nothing;
    const text = words().files;
    return html`<button type="button" class="primary" @click=${() => this.go(desk, run)}>
      ${run.begun ? text.again(run.left) : text.go(run.left)}
    </button>`;
  }

  /** The rows that are not taken in: those that cannot be, and afterwards those that were not. */
  private renderSave(run: ImportRun): unknown {
    const isOut = (row: ImportRow): boolean =>
      row.verdict === "refused" || (run.begun && !run.busy && run.isLeft(row));
    const rows = run.plan.rows.filter(isOut);
    if (rows.length === 0) return nothing;
    const save = (): void => saveFile(fileOf(run.plan.head, rows), `refused-${run.name}`);
    return html`<button type="button" @click=${save}>
      ${icon("download")} ${words().files.saveRefused}
    </button>`;
  }

  private renderRows(run: ImportRun): TemplateResult {
    const rows = noteworthyFirst(run.plan.rows);
    return html`<ul aria-label=${words().files.rows}>
        ${rows.slice(0, this.limit).map((row) => this.renderRow(run, row))}
      </ul>
      ${
        rows.length > this.limit
          ? html`<button type="button" class="plain" @click=${() => (this.limit += PAGE)}>
              ${words().more}
            </button>`
          : nothing
      }`;
  }

  private renderRow(run: ImportRun, row: ImportRow): TemplateResult {
    const text = words().files;
    const failure = run.failures.get(row);
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
      ${failure ? html`<p class="small field-error">${problemOf(failure).message}</p>` : nothing}
    </li>`;
  }

  private readonly onFile = async (event: Event): Promise<void> => {
    const { desk } = this;
    const file = (event.target as HTMLInputElement).files?.[0];
    this.file = file;
    this.follow(undefined);
    this.problem = "";
    this.limit = PAGE;
    if (!desk || !file) return;
    desk.client.contactFiles.end();
    if (file.size > FILE_BYTES) {
      this.problem = words().files.tooLarge(fileSize(FILE_BYTES));
      return;
    }
    try {
      const bytes = await readBytes(file);
      const plan = bytes && (await desk.client.contactFiles.plan(bytes));
      // Another file may have been chosen meanwhile.
      if (this.file !== file) return;
      if (plan) this.follow(desk.client.contactFiles.begin(file.name, plan));
      else this.problem = words().files.unreadable;
    } catch (error) {
      this.problem = problemOf(error).message;
    }
  };

  private readonly onProgress = (): void => this.requestUpdate();

  private follow(run: ImportRun | undefined): void {
    this.run?.removeEventListener("progress", this.onProgress);
    run?.addEventListener("progress", this.onProgress);
    this.run = run;
  }

  /** Takes in what is left; who has turned to something else is told of the end. */
  private async go(desk: Desk, run: ImportRun): Promise<void> {
    const through = run.go();
    this.requestUpdate();
    // The button goes away, and keys would go nowhere with it.
    this.section?.focus();
    await through;
    if (this.isConnected) return;
    const text = words().files.through(run.total - run.left, run.total);
    desk.notify({ text, alert: run.left > 0 });
  }

  /** Ends the import that goes on, or the panel. */
  private end(desk: Desk): void {
    if (this.run?.busy) {
      this.run.stop();
      return;
    }
    desk.client.contactFiles.end();
    this.dispatchEvent(new Event("close"));
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
