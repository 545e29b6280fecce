import { css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { icon } from "../common/icons.js";
import { momentText } from "../common/format.js";
import type { MenuItem } from "../common/menu.js";
import { Part } from "../common/part.js";
import { snoozeTimes } from "../common/snooze.js";
import { strings } from "../common/strings.js";
import type { InboxRow } from "../common/types.js";
import { conversation as threadWords } from "../strings/en/conversation.js";
import { list as words } from "../strings/en/list.js";
import { base } from "../styles/base.css.js";
import { assign, close, handToTeam, read, snooze, star, tag, type Plan } from "../thread/plans.js";
import { runBulk, undoBulk } from "./bulk.js";

const barStyles = css`
  :host {
    display: block;
    padding: 4px 12px;
    background: var(--threadline-accent-tint);
  }
  .count {
    color: var(--threadline-accent);
    font-weight: 500;
  }
  .line {
    gap: 2px;
  }
`;

/**
 * What can be done to all selected conversations, each of it taken back with one press.
 * @fires done when nothing has to stay selected
 */
export class BulkBar extends Part {
  static override styles = [base, barStyles];

  @property({ attribute: false }) rows: ReadonlyMap<string, InboxRow> = new Map();

  /** Something is being done; until it is, nothing else begins. */
  @state() private busy = false;

  protected override render(): unknown {
    const { desk } = this;
    if (!desk || this.rows.size === 0) return nothing;
    const text = words();
    return html`<div class="line wrap" role="toolbar" aria-label=${text.bulk}>
      <span class="count grow" role="status">${text.selected(this.rows.size)}</span>
      ${this.button("check", text.close, () => close)}
      ${this.menu("user", text.assign, () => this.assignItems())}
      ${this.menu("tag", text.tagThem, () => this.tagItems())}
      ${this.menu("clock", text.snooze, () => this.snoozeItems())}
      ${this.button("star", text.star, () => star(true))}
      ${this.button("email", text.read, (id) => read(this.rows.get(id)?.inbound[0] ?? 0))}
      <button
        class="plain icon-only"
        aria-label=${text.unselect}
        title=${text.unselect}
        @click=${this.done}
      >
        ${icon("close")}
      </button>
    </div>`;
  }

  private button(name: "check" | "star" | "email", text: string, plan: (id: string) => Plan) {
    return html`<button
      class="plain icon-only"
      aria-label=${text}
      title=${text}
      ?disabled=${this.busy}
      @click=${() => void this.run(plan)}
    >
      ${icon(name)}
    </button>`;
  }

  private menu(name: "user" | "tag" | "clock", text: string, items: () => MenuItem[]) {
    return html`<threadline-menu look="plain icon-only" .label=${text} .items=${items}
      >${icon(name)}</threadline-menu
    >`;
  }

  private assignItems(): MenuItem[] {
    const { desk } = this;
    if (!desk) return [];
    const to = (plan: Plan) => (): void => void this.run(() => plan);
    return [
      { text: strings.nobody, run: to(assign(null)) },
      ...desk.people.map(({ id, name }) => ({ text: name, run: to(assign(id)) })),
      { text: "" },
      ...desk.teams.map((team) => ({ text: desk.teamName(team), run: to(handToTeam(team)) })),
    ];
  }

  private tagItems(): MenuItem[] {
    const known = this.desk?.settings.tags.filter(({ archived }) => !archived) ?? [];
    if (known.length === 0) return [{ text: threadWords().noTags, run: () => undefined }];
    return known.map(({ name }) => ({
      text: name,
      run: () => void this.run(() => tag(name, true)),
    }));
  }

  private snoozeItems(): MenuItem[] {
    return snoozeTimes(Date.now()).map(({ name, until }) => ({
      text: `${threadWords().snooze[name]}, ${momentText(until)}`,
      run: () => void this.run(() => snooze(until)),
    }));
  }

  /** Does it, and says what became of it; what was refused stays selected. */
  private async run(plan: (id: string) => Plan): Promise<void> {
    const { desk, rows } = this;
    if (!desk || this.busy) return;
    this.busy = true;
    const done = await runBulk(desk, rows.keys(), plan);
    this.busy = false;
    const [first] = done.refused;
    if (first) {
      desk.notify({ text: words().refused(done.refused.length, first.message), alert: true });
    } else {
      this.done();
    }
    const count = done.undo.size;
    if (count === 0 && !first) desk.notify({ text: words().nothing });
    if (count === 0) return;
    const run = (): void => void undoBulk(desk, done);
    desk.notify({ text: words().done(count), action: { label: strings.undo, run } });
  }

  private readonly done = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** What the bar is made of. */
export const elements = { "threadline-bulk-bar": BulkBar };
