import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { ClientListener } from "../common/client-listener.js";
import type { Desk } from "../common/desk.js";
import { avatar } from "../common/format.js";
import { withContact, withConversation } from "../common/held.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { ContactView, ConversationRow } from "../common/types.js";
import { profile as words } from "../strings/en/profile.js";
import { base } from "../styles/base.css.js";
import { profileStyles } from "./profile-panel.css.js";

/** Who else a contact may be: conversations to link, duplicates to merge, merges to undo. */
export class ContactLinks extends Part {
  static override styles = [base, profileStyles];

  @property({ attribute: false }) contact: ContactView | undefined;
  /** The conversations of the contact and its aliases. */
  @property({ attribute: false }) rows: ConversationRow[] = [];

  /** The aliases in memory, for their names. */
  private aliases = new Set<string>();

  constructor() {
    super();
    // Another contact's row may be what makes it the same person.
    new ClientListener(this, { rows: () => this.requestUpdate() });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.follow(new Set());
  }

  protected override willUpdate(): void {
    const aliases = new Set(this.rows.flatMap((row) => row.contact ?? []));
    aliases.delete(this.contact?.id ?? "");
    this.follow(this.isConnected ? aliases : new Set());
  }

  protected override render(): unknown {
    const { desk, contact } = this;
    if (!desk || !contact) return nothing;
    if (contact.mergedInto) return this.renderMerged(contact, contact.mergedInto, desk);
    return html`${this.renderUnlinked(contact, desk)} ${this.renderDuplicates(contact, desk)}
    ${this.renderAliases(desk)}`;
  }

  private renderMerged(contact: ContactView, into: string, desk: Desk): TemplateResult {
    return html`<section>
      <p>${words().mergedInto(nameOf(desk, into))}</p>
      <button @click=${() => desk.run({ contact: contact.id, type: "unmerge_contact" })}>
        ${icon("reopen")} ${words().unmerge}
      </button>
    </section>`;
  }

  private renderUnlinked(contact: ContactView, desk: Desk): unknown {
    const rows = contact.saved ? desk.client.reads.unlinkedOf(contact.id) : [];
    if (rows.length === 0) return nothing;
    return html`<section>
      <h3>${words().unlinked}</h3>
      <ul>
        ${rows.map((row) => {
          const subject = row.subject || row.last?.text || words().untitled;
          return html`<li class="line">
            <span class="grow clip" dir="auto">${subject}</span>
            <button
              aria-label=${words().linkLabel(subject)}
              @click=${() => this.link(row.id, contact.id, desk)}
            >
              ${words().link}
            </button>
          </li>`;
        })}
      </ul>
    </section>`;
  }

  private renderDuplicates(contact: ContactView, desk: Desk): unknown {
    const duplicates = desk.client.reads.duplicates(contact.id);
    if (duplicates.length === 0) return nothing;
    return html`<section>
      <h3>${words().duplicates}</h3>
      <ul class="people">
        ${duplicates.map(
          ({ contact: other, reason }) =>
            html`<li class="line">
              ${avatar(other.name, other.id, "tiny")}
              <span class="grow clip"
                ><span dir="auto">${other.name}</span>
                <span class="faint small"
                  >${words().reasons[reason as keyof ReturnType<typeof words>["reasons"]]}</span
                ></span
              >
              <button
                aria-label=${words().mergeLabel(other.name)}
                @click=${() => this.merge(other.id, other.name, contact.id, desk)}
              >
                ${words().merge}
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  /** Aliases are told by their conversations, which count as the contact's own. */
  private renderAliases(desk: Desk): unknown {
    const { aliases } = this;
    if (aliases.size === 0) return nothing;
    return html`<section>
      <h3>${words().aliases}</h3>
      <ul class="people">
        ${[...aliases].map((id) => {
          const name = desk.client.contact(id)?.name || strings.unknown;
          return html`<li class="line">
            <span class="grow clip" dir="auto">${name}</span>
            <button
              aria-label=${words().unmergeLabel(name)}
              @click=${() => withContact(desk, id, { type: "unmerge_contact" })}
            >
              ${words().unmerge}
            </button>
          </li>`;
        })}
      </ul>
    </section>`;
  }

  /** Keeps these aliases in memory, and no others. */
  private follow(aliases: Set<string>): void {
    const contacts = this.desk?.client.contacts;
    if (!contacts) return;
    const before = this.aliases;
    this.aliases = aliases;
    for (const id of aliases) {
      if (before.has(id)) continue;
      // An alias that is not on this device has no name until it is.
      contacts.open(id).then(
        () => this.requestUpdate(),
        () => aliases.delete(id),
      );
    }
    for (const id of before) if (!aliases.has(id)) contacts.close(id);
  }

  private async link(conversation: string, contact: string, desk: Desk): Promise<void> {
    if (!(await withConversation(desk, conversation, { type: "link_conversation", contact }))) {
      return;
    }
    const run = (): void =>
      void withConversation(desk, conversation, { type: "unlink_conversation" });
    desk.notify({ text: words().linked, action: { label: strings.undo, run } });
  }

  private async merge(alias: string, name: string, into: string, desk: Desk): Promise<void> {
    if (!(await withContact(desk, alias, { type: "merge_contact", into }))) return;
    const run = (): void => void withContact(desk, alias, { type: "unmerge_contact" });
    desk.notify({ text: words().merged(name), action: { label: strings.undo, run } });
  }
}

/** The name of a contact that may not be in memory. */
function nameOf(desk: Desk, contact: string): string {
  const [row] = desk.client.rows({ filter: "all", contact, limit: 1 }).rows;
  return row?.name || desk.client.contact(contact)?.name || strings.unknown;
}
