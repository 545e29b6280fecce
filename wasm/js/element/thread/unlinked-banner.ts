import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { problemOf, type Desk } from "../common/desk.js";
import { onEscape } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { ConversationHeader, Identity } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";
import { inConversation } from "./plans.js";

/** Contacts offered while typing. */
const FOUND = 6;

const bannerStyles = css`
  .banner {
    padding: 6px 12px;
    border-block-end: 1px solid var(--threadline-border);
    background: var(--threadline-surface-sunk);
  }
  ul {
    margin-block-start: 4px;
  }
  li button {
    inline-size: 100%;
    justify-content: start;
  }
`;

/** Over a conversation with an address that nobody saved: says so, and makes it a contact's. */
export class UnlinkedBanner extends Part {
  static override styles = [base, bannerStyles];

  @property({ attribute: false }) header: ConversationHeader | undefined;

  /** What is looked for, while a contact is chosen. */
  @state() private search: string | undefined;

  protected override render(): unknown {
    const { desk, header } = this;
    if (!desk || !header?.identity || desk.client.member?.role === "viewer") return nothing;
    const text = words().unlinked;
    if (header.contact) {
      return html`<p class="banner line wrap small">
        <bdi class="clip grow faint">${header.identity.address}</bdi>
        <button class="link" @click=${() => this.unlink(desk, header)}>${text.undo}</button>
      </p>`;
    }
    return html`<div class="banner" role="group" aria-label=${text.title(header.identity.address)}>
      <p class="line wrap">
        ${icon("link")} <bdi class="clip grow">${text.title(header.identity.address)}</bdi>
        <button @click=${() => (this.search = this.search === undefined ? "" : undefined)}>
          ${text.link}
        </button>
        <button @click=${() => void this.create(desk, header.id, header.identity)}>
          ${text.create}
        </button>
      </p>
      ${this.search === undefined ? nothing : this.renderSearch(desk, header.id, this.search)}
    </div>`;
  }

  private renderSearch(desk: Desk, conversation: string, search: string): TemplateResult {
    const text = words().unlinked;
    const { contacts } = desk.client.reads.contacts({ search: search.trim(), limit: FOUND });
    return html`<input
        type="search"
        dir="auto"
        aria-label=${text.linkTo}
        placeholder=${text.find}
        .value=${search}
        @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
        @keydown=${onEscape(() => (this.search = undefined))}
      />
      ${
        contacts.length === 0
          ? html`<p class="faint small">${text.none}</p>`
          : html`<ul>
              ${contacts.map(
                ({ id, name, company, email }) =>
                  html`<li>
                    <button class="plain" @click=${() => this.link(desk, conversation, id, name)}>
                      <bdi class="clip">${name}</bdi>
                      <bdi class="faint clip">${company || email}</bdi>
                    </button>
                  </li>`,
              )}
            </ul>`
      }`;
  }

  private link(desk: Desk, conversation: string, contact: string, name: string): void {
    this.search = undefined;
    if (!desk.run({ conversation, type: "link_conversation", contact })) return;
    const unlink = { conversation, type: "unlink_conversation" } as const;
    const run = (): void => {
      inConversation(desk, conversation, () => desk.run(unlink)).catch((error: unknown) =>
        desk.notify({ text: problemOf(error).message, alert: true }),
      );
    };
    desk.notify({ text: words().toast.linked(name), action: { label: strings.undo, run } });
  }

  private unlink(desk: Desk, { id: conversation, contact }: ConversationHeader): void {
    if (!contact || !desk.run({ conversation, type: "unlink_conversation" })) return;
    const link = { conversation, type: "link_conversation", contact } as const;
    const run = (): void => void desk.run(link);
    desk.notify({ text: words().toast.unlinked, action: { label: strings.undo, run } });
  }

  /** Saves the address as a contact of its own, and links the conversation to it. */
  private async create(
    desk: Desk,
    conversation: string,
    identity: Identity | undefined,
  ): Promise<void> {
    if (!identity) return;
    const { channel, address } = identity;
    try {
      const contact = await desk.client.contacts.create({
        saved: true,
        identities: [identity],
        ...(channel === "email" ? { email: address } : { phone: address }),
      });
      this.link(desk, conversation, contact, address);
    } catch (error) {
      desk.notify({ text: problemOf(error).message, alert: true });
    }
  }
}
