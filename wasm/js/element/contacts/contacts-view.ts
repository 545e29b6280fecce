import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import type { ViewElement } from "../commands/command.js";
import { blank } from "../common/blank.js";
import { choiceText } from "../common/choices.js";
import { ClientListener } from "../common/client-listener.js";
import { problemOf, type Desk } from "../common/desk.js";
import { options } from "../common/field-form.js";
import { ago, avatar } from "../common/format.js";
import { icon } from "../common/icons.js";
import type { MenuItem } from "../common/menu.js";
import { Part } from "../common/part.js";
import { saveFile } from "../common/save-file.js";
import { strings } from "../common/strings.js";
import type {
  Choice,
  ContactFormat,
  ContactListRow,
  ContactQuery,
  ContactSort,
  ContactStatus,
} from "../common/types.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { elements as profile } from "../profile/profile-panel.js";
import { contacts as words } from "../strings/en/contacts.js";
import { base } from "../styles/base.css.js";
import { elements as files } from "./contact-import.js";
import { contactsStyles } from "./contacts-view.css.js";

/** Contacts that a page of the list has. */
const PAGE = 100;

/** Everybody the workspace knows: a list, and the profile of the one that is chosen beside it. */
export class ContactsView extends Part implements ViewElement {
  static override styles = [base, viewStyles, contactsStyles];

  @state() private search = "";
  @state() private type = "";
  @state() private status: ContactStatus | "" = "";
  @state() private tag = "";
  @state() private sort: ContactSort = "name";
  @state() private limit = PAGE;
  /** The contact beside the list; `new` for the form, `import` for what a file has. */
  @state() private chosen: string | undefined;
  @state() private rows: ContactListRow[] = [];

  @query("input[type=search]") private readonly searchField!: HTMLInputElement | null;
  @query(".rows") private readonly list!: HTMLElement | null;

  constructor() {
    super();
    const update = (): void => this.requestUpdate();
    new ClientListener(this, {
      rows: update,
      changed: ({ detail: { doc } }) => {
        if (doc === "workspace") update();
      },
    });
  }

  /** Moves the keyboard's row. */
  move(by: 1 | -1): void {
    const at = this.rows.findIndex(({ id }) => id === this.chosen);
    const next = this.rows[Math.max(0, at + by)];
    if (next) this.chosen = next.id;
    this.list?.focus();
  }

  focusSearch(): void {
    this.searchField?.focus();
  }

  /** One step back: the profile. */
  back(): boolean {
    const was = this.chosen !== undefined;
    this.chosen = undefined;
    return was;
  }

  override focus(): void {
    this.list?.focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("chosen")) return;
    this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const settings = desk.client.reads.settings();
    const { contacts, total } = desk.client.reads.contacts(this.question(this.limit));
    this.rows = contacts;
    const writes = desk.client.member?.role !== "viewer";
    return viewFrame(
      strings.views.contacts,
      html`<threadline-menu
          .desk=${desk}
          .items=${() => this.fileItems(desk, writes, total)}
          label=${words().files.menu}
          look="plain icon-only"
          >${icon("more")}</threadline-menu
        >
        ${
          writes
            ? html`<button
                class="primary"
                aria-label=${words().new}
                @click=${() => (this.chosen = "new")}
              >
                ${icon("plus")} <span class="words">${words().new}</span>
              </button>`
            : nothing
        }`,
      html`<div class="list ${this.chosen ? "with-about" : ""}">
          ${this.renderFilters(settings.contactTypes, settings.tags)}
          ${contacts.length === 0 ? this.renderNobody() : this.renderRows(total, settings.contactTypes)}
        </div>
        <div class="about ${this.chosen ? "" : "none"}">${this.renderAbout(desk)}</div>`,
    );
  }

  private question(limit: number): ContactQuery {
    return {
      search: this.search,
      sort: this.sort,
      limit,
      ...(this.type && { types: [this.type] }),
      ...(this.status && { statuses: [this.status] }),
      ...(this.tag && { tags: [this.tag] }),
    };
  }

  private fileItems(desk: Desk, writes: boolean, total: number): MenuItem[] {
    const text = words().files;
    const save = (format: ContactFormat, name: string) => () =>
      void this.export(desk, format, name, total);
    return [
      ...(writes ? [{ text: text.import, run: () => void (this.chosen = "import") }] : []),
      { text: text.exportCsv, icon: "download", run: save("csv", "contacts.csv") },
      { text: text.exportVcard, icon: "download", run: save("vcard", "contacts.vcf") },
    ];
  }

  /** Saves all that the filters let pass as a file. */
  private async export(
    desk: Desk,
    format: ContactFormat,
    name: string,
    total: number,
  ): Promise<void> {
    try {
      const { contacts } = desk.client.reads.contacts(this.question(total));
      const ids = contacts.map(({ id }) => id);
      const { file, partial } = await desk.client.contactFiles.export(format, ids);
      saveFile(file, name);
      if (partial > 0) desk.notify({ text: words().files.partial(partial), alert: true });
    } catch (error) {
      desk.notify({ text: problemOf(error).message, alert: true });
    }
  }

  private renderFilters(types: Choice[], tags: Choice[]): TemplateResult {
    const value = (event: Event): string => {
      this.limit = PAGE;
      return (event.target as HTMLSelectElement).value;
    };
    const named = (choices: Choice[], builtIn: Record<string, string>): Record<string, string> =>
      Object.fromEntries(choices.map(({ id }) => [id, choiceText(choices, id, builtIn)]));
    // A tag is what people typed: its name, not the id of the word in the settings.
    const names = tags.map(({ id, name }) => name || id);
    return html`<div class="filters line wrap">
      <input
        type="search"
        aria-label=${words().search}
        placeholder=${words().search}
        @input=${(event: Event) => (this.search = value(event))}
      />
      <select aria-label=${words().type} @change=${(event: Event) => (this.type = value(event))}>
        <option value="">${words().everyType}</option>
        ${options(named(types, strings.contactTypes), this.type)}
      </select>
      <select
        aria-label=${words().status}
        @change=${(event: Event) => (this.status = value(event) as ContactStatus | "")}
      >
        <option value="">${words().listed}</option>
        ${options({ dnd: strings.contactStatus.dnd, archived: strings.contactStatus.archived })}
      </select>
      ${
        names.length > 0
          ? html`<select
              aria-label=${words().tag}
              @change=${(event: Event) => (this.tag = value(event))}
            >
              <option value="">${words().everyTag}</option>
              ${options(Object.fromEntries(names.map((name) => [name, name])), this.tag)}
            </select>`
          : nothing
      }
      <select
        aria-label=${words().sort}
        @change=${(event: Event) => (this.sort = value(event) as ContactSort)}
      >
        ${options(words().sorts, this.sort)}
      </select>
    </div>`;
  }

  private renderNobody(): TemplateResult {
    const filtered = this.search || this.type || this.status || this.tag;
    return blank("contacts", filtered ? words().nothing : words().empty);
  }

  private renderRows(total: number, types: Choice[]): TemplateResult {
    const { rows, chosen } = this;
    return html`<div
        class="rows"
        role="listbox"
        tabindex="0"
        aria-label=${words().list}
        aria-activedescendant=${chosen && rows.some(({ id }) => id === chosen) ? `c-${chosen}` : nothing}
        @keydown=${this.onKey}
      >
        ${rows.map((row) => this.renderRow(row, types))}
      </div>
      ${
        rows.length < total
          ? html`<button class="plain" @click=${() => (this.limit += PAGE)}>
              ${words().more}
            </button>`
          : nothing
      }`;
  }

  private renderRow(row: ContactListRow, types: Choice[]): TemplateResult {
    const { id, name, company, type, status, email, phone, tags, lastAt, conflicted } = row;
    return html`<div
      class="row"
      id="c-${id}"
      role="option"
      aria-selected=${id === this.chosen}
      @click=${() => (this.chosen = id)}
    >
      ${avatar(name, id)}
      <span>
        <span class="line"
          ><strong class="clip" dir="auto">${name || strings.unknown}</strong> ${
            status === "active"
              ? nothing
              : html`<span class="chip warning">${strings.contactStatus[status]}</span>`
          }
          ${
            conflicted
              ? html`<span class="chip warning" title=${strings.rowConflict}
                  >${icon("conflict")}</span
                >`
              : nothing
          }</span
        >
        <span class="faint small clip" dir="auto">
          ${[company, choiceText(types, type, strings.contactTypes)].filter(Boolean).join(" · ")}
        </span>
      </span>
      <span class="addresses muted clip">${email || phone}</span>
      <span class="tags clip">
        ${tags.slice(0, 3).map((tag) => html`<span class="chip" dir="auto">${tag}</span> `)}
      </span>
      <span class="faint small">${lastAt ? ago(lastAt) : nothing}</span>
    </div>`;
  }

  private renderAbout(desk: Desk): unknown {
    const { chosen } = this;
    if (!chosen) return blank("contacts", words().none);
    const back = html`<button
      class="plain icon-only back"
      aria-label=${words().back}
      @click=${() => this.back()}
    >
      ${icon("back")}
    </button>`;
    if (chosen === "new") {
      return html`<div class="line">${back}</div>
        <threadline-contact-form
          .desk=${desk}
          @cancel=${() => (this.chosen = undefined)}
          @created=${(event: CustomEvent<string>) => this.onCreated(event.detail)}
        ></threadline-contact-form>`;
    }
    if (chosen === "import") {
      return html`<div class="line">${back}</div>
        <threadline-contact-import
          .desk=${desk}
          @close=${() => this.onClose()}
        ></threadline-contact-import>`;
    }
    return html`<div class="line">
        ${back}<span class="grow"></span>
        <button @click=${() => this.converse(chosen, desk)}>
          ${icon("message")} ${words().newConversation}
        </button>
      </div>
      <threadline-profile .desk=${desk} .contact=${chosen}></threadline-profile>`;
  }

  /** Opens the conversation where a message to the contact goes, and begins it where there is none. */
  private async converse(contact: string, desk: Desk): Promise<void> {
    try {
      const route = desk.client.reads.route(contact);
      await desk.client.begin(route, "");
      desk.show(route.conversation);
    } catch (error) {
      desk.notify({ text: problemOf(error).message, alert: true });
    }
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== 1 && by !== -1) return;
    event.preventDefault();
    this.move(by);
  };

  /** What had the focus goes away with the panel. */
  private onClose(): void {
    this.chosen = undefined;
    this.focus();
  }

  /** Shows who is new, but to nobody who has turned to another contact meanwhile. */
  private onCreated(contact: string): void {
    if (this.chosen === "new") this.chosen = contact;
  }
}

/** What the view is made of. */
export const elements = { ...profile, ...files, "threadline-contacts": ContactsView };
