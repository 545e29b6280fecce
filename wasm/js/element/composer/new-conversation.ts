import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { problemOf, type Problem } from "../common/desk.js";
import { formError } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { panelHead, panelHeadStyles } from "../common/panel-head.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Channel, Client, Identity } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";

type Route = ReturnType<Client["reads"]["route"]>;

/** Contacts offered while typing. */
const FOUND = 6;
/** What is written to by its own address, by how the address looks. */
const PHONE_CHANNELS: readonly Channel[] = ["sms", "whatsapp"];

const panelStyles = css`
  .form {
    padding: 12px 16px 16px;
  }
  .fields {
    display: grid;
    gap: 8px;
    margin-block-end: 8px;
  }
  li button {
    inline-size: 100%;
    justify-content: start;
  }
`;

/**
 * Begins a conversation with a contact, or with an address that nobody saved. The core knows which
 * conversation that is: one that goes on, or a new one.
 * @fires close when it is to be closed
 */
export class NewConversation extends Part {
  static override styles = [base, panelHeadStyles, panelStyles];

  @state() private search = "";
  @state() private subject = "";
  @state() private problem: Problem | undefined;

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("#to")?.focus();
  }

  protected override firstUpdated(): void {
    this.focus();
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const text = words().newMessage;
    return html`${panelHead(this, text.title)}
      <div class="form">
        <div class="fields">
          <div>
            <label for="subject">${text.subject}</label>
            <input
              id="subject"
              dir="auto"
              .value=${this.subject}
              @input=${(event: Event) => (this.subject = (event.target as HTMLInputElement).value)}
            />
          </div>
          <div>
            <label for="to">${text.to}</label>
            <input
              id="to"
              type="search"
              dir="auto"
              placeholder=${text.hint}
              .value=${this.search}
              @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
            />
          </div>
        </div>
        ${this.renderFound()} ${formError(this.problem, [])}
      </div>`;
  }

  private renderFound(): TemplateResult {
    const { desk } = this;
    const search = this.search.trim();
    const found = desk?.client.reads.contacts({ search, limit: FOUND }).contacts ?? [];
    const addresses = channelsOf(search);
    if (found.length === 0 && addresses.length === 0) {
      return html`<p class="faint">${words().newMessage.none}</p>`;
    }
    return html`<ul>
      ${found.map(
        ({ id, name, company, email }) =>
          html`<li>
            <button class="plain" @click=${() => void this.begin((reads) => reads.route(id))}>
              <bdi class="clip">${name}</bdi> <bdi class="faint clip">${company || email}</bdi>
            </button>
          </li>`,
      )}
      ${addresses.map(
        (channel) =>
          html`<li>
            <button class="plain" @click=${() => void this.beginAt({ channel, address: search })}>
              ${icon(channel)} ${words().newMessage.address(search)}
              <span class="faint">${strings.channels[channel]}</span>
            </button>
          </li>`,
      )}
    </ul>`;
  }

  private beginAt(identity: Identity): Promise<void> {
    return this.begin((reads) => reads.routeTo(identity), identity);
  }

  /** Goes to the conversation of a route, which begins it where it has not begun. */
  private async begin(
    route: (reads: Client["reads"]) => Route,
    identity?: Identity,
  ): Promise<void> {
    const { desk } = this;
    if (!desk) return;
    try {
      const target = route(desk.client.reads);
      const { start } = target;
      if (identity && start?.type === "start_conversation") {
        await desk.client.contacts.meet(start.contact, identity);
      }
      await desk.client.begin(target, this.subject.trim());
      this.dispatchEvent(new Event("close"));
      desk.show(target.conversation);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }
}

/** The channels that an address can be written to on; none for what is no whole address. */
function channelsOf(address: string): readonly Channel[] {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) return ["email"];
  return /^\+\d{6,15}$/.test(address) ? PHONE_CHANNELS : [];
}

/** What the panel is made of. */
export const elements = { "threadline-new-conversation": NewConversation };
