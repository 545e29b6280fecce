import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { ClientListener } from "../common/client-listener.js";
import type { Desk, Problem } from "../common/desk.js";
import { fieldError, fieldsOfForm, formError } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings, word } from "../common/strings.js";
import type { RowSort, SavedView } from "../common/types.js";
import { list as words } from "../strings/en/list.js";
import { base } from "../styles/base.css.js";
import {
  LIST,
  narrowed,
  NARROWING,
  same,
  parse,
  text,
  viewsOf,
  type ListQuery,
  type Narrowing,
} from "./query.js";

const narrowStyles = css`
  :host {
    display: block;
    padding: 0 12px 8px;
    max-block-size: 60%;
    overflow-y: auto;
  }
  .fields {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 6px 8px;
  }
  label {
    color: var(--threadline-muted);
    font-size: 12px;
  }
  form,
  .views {
    margin-block-start: 8px;
  }
`;

/** Another question was put together. */
export class QueryChange extends Event {
  constructor(readonly query: ListQuery) {
    super("query");
  }
}

/**
 * Narrows the list by what its rows are, and keeps a question as a view.
 * @fires query when the list is to show something else
 */
export class NarrowPanel extends Part {
  static override styles = [base, narrowStyles];

  @property({ attribute: false }) query: ListQuery = { filter: "open" };

  @state() private problem: Problem | undefined;

  constructor() {
    super();
    // A view that was saved, here or by a teammate, is in the list at once.
    new ClientListener(this, { changed: () => this.requestUpdate() });
  }

  protected override render(): unknown {
    const { desk, query } = this;
    if (!desk) return nothing;
    const text = words();
    return html`<div class="fields" role="group" aria-label=${text.narrow}>
        ${NARROWING.map((part) => this.renderPart(desk, part))}
        <label
          >${text.sort}
          <select @change=${this.onSort}>
            ${Object.entries(text.sorts).map(
              ([sort, name]) =>
                html`<option value=${sort} ?selected=${sort === (query.sort ?? "newest")}>
                  ${name}
                </option>`,
            )}
          </select>
        </label>
        ${
          narrowed(query) > 0
            ? html`<button class="link" @click=${this.clear}>${text.clear}</button>`
            : nothing
        }
      </div>
      ${this.renderViews(desk)} ${this.renderSave()}`;
  }

  private renderPart(desk: Desk, part: Narrowing): TemplateResult {
    const text = words();
    const labels = {
      channels: text.channel,
      contactTypes: text.type,
      owners: text.owner,
      teams: text.team,
      tags: text.tag,
      priorities: text.priority,
    };
    const [chosen = ""] = this.query[part] ?? [];
    const known = choices(desk, part);
    // A view may ask for what nobody offers any more.
    if (chosen && !known.some(([value]) => value === chosen)) known.push([chosen, chosen]);
    return html`<label
      >${labels[part]}
      <select
        @change=${(event: Event) => this.narrow(part, (event.target as HTMLSelectElement).value)}
      >
        <option value="" ?selected=${chosen === ""}>${text.any}</option>
        ${known.map(
          ([value, name]) =>
            html`<option value=${value} ?selected=${value === chosen}>${name}</option>`,
        )}
      </select>
    </label>`;
  }

  private renderViews(desk: Desk): unknown {
    const views = viewsOf(desk);
    if (views.length === 0) return nothing;
    return html`<ul class="views" aria-label=${words().views}>
      ${views.map(
        (view) =>
          html`<li class="line">
            <button
              class="plain grow"
              aria-pressed=${same(parse(view.query), this.query)}
              @click=${() => this.tell(parse(view.query))}
            >
              <bdi class="clip">${view.name}</bdi>
            </button>
            ${
              view.owner === desk.me
                ? html`<button
                    class="plain icon-only"
                    aria-label=${words().removeView(view.name)}
                    @click=${() => this.drop(desk, view)}
                  >
                    ${icon("trash")}
                  </button>`
                : html`<span class="faint small clip">
                    ${words().sharedBy(desk.nameOf(view.owner))}
                  </span>`
            }
          </li>`,
      )}
    </ul>`;
  }

  private renderSave(): TemplateResult {
    const label = words().viewName;
    return html`<form class="line wrap" @submit=${this.save}>
      <input
        class="grow"
        name="name"
        dir="auto"
        aria-label=${label}
        placeholder=${label}
        aria-invalid=${this.problem?.field === "name"}
      />
      <label class="line"><input type="checkbox" name="shared" /> ${words().shared}</label>
      <button>${words().saveView}</button>
      ${fieldError(this.problem, "name")} ${formError(this.problem, ["name"])}
    </form>`;
  }

  private narrow(part: Narrowing, value: string): void {
    this.tell({ ...this.query, [part]: value ? [value] : [] });
  }

  private readonly onSort = (event: Event): void => {
    this.tell({ ...this.query, sort: (event.target as HTMLSelectElement).value as RowSort });
  };

  private readonly clear = (): void => {
    const { filter, search = "", sort = "newest" } = this.query;
    this.tell({ filter, search, sort });
  };

  private tell(query: ListQuery): void {
    this.dispatchEvent(new QueryChange(query));
  }

  private readonly save = (event: SubmitEvent): void => {
    const field = fieldsOfForm(event);
    const name = field("name");
    const attempt = this.desk?.attempt({
      type: "save_view",
      view: { name, shared: field("shared") !== "", list: LIST, query: text(this.query) },
    });
    this.problem = attempt && "problem" in attempt ? attempt.problem : undefined;
    if (this.problem) return;
    (event.target as HTMLFormElement).reset();
    this.desk?.notify({ text: words().saved(name) });
    this.requestUpdate();
  };

  private drop(desk: Desk, { id, name, shared, list, query }: SavedView): void {
    if (!desk.run({ type: "remove_view", view: id })) return;
    const run = (): void =>
      void desk.run({ type: "save_view", view: { name, shared, list, query } });
    desk.notify({ text: words().removed(name), action: { label: strings.undo, run } });
    this.requestUpdate();
  }
}

/** What a part can be, with its name. */
function choices(desk: Desk, part: Narrowing): [string, string][] {
  const { contactTypes, tags } = desk.settings;
  switch (part) {
    case "channels": {
      const { message: _, ...channels } = strings.channels;
      return Object.entries(channels);
    }
    case "contactTypes":
      return contactTypes.map(({ id, name }) => [id, name || word(strings.contactTypes, id)]);
    case "owners":
      return desk.people.map(({ id, name }) => [id, name]);
    case "teams":
      return desk.teams.map((team) => [team, desk.teamName(team)]);
    case "tags":
      return tags.filter(({ archived }) => !archived).map(({ name }) => [name, name]);
    case "priorities":
      return Object.entries(strings.priorities);
  }
}

/** What the panel is made of. */
export const elements = { "threadline-narrow": NarrowPanel };
