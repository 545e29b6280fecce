import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Changed } from "../../client/events.js";
import { ClientListener } from "../common/client-listener.js";
import { problemOf, type Desk } from "../common/desk.js";
import { ago, avatar } from "../common/format.js";
import { withConversation } from "../common/held.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings, word } from "../common/strings.js";
import type { ContactView, ConversationHeader, ConversationRow } from "../common/types.js";
import { whoIn } from "../common/who.js";
import { elements as opportunityForm } from "../opportunity/opportunity-form.js";
import { profile as words } from "../strings/en/profile.js";
import { base } from "../styles/base.css.js";
import { ContactForm } from "./contact-form.js";
import { ContactLinks } from "./contact-links.js";
import { engagementSection } from "./engagement.js";
import { ProfileFields } from "./profile-fields.js";
import { profileStyles } from "./profile-panel.css.js";
import { tagEditor } from "./tag-editor.js";
import {
  appointmentSection,
  conversationSection,
  opportunitySection,
  taskSection,
  topicSection,
} from "./things.js";

const panelStyles = css`
  :host {
    overflow-y: auto;
    overscroll-behavior: contain;
  }
  .top a {
    color: inherit;
    text-decoration: none;
  }
`;

/** Conversations of a contact that are looked through. */
const CONVERSATIONS = 100;
/** Activities shown before all are asked for. */
const ACTIVITIES = 8;

/**
 * Who somebody is, and what is planned and logged with them: beside a conversation, or by itself for
 * a contact.
 */
export class ProfilePanel extends Part {
  static override styles = [base, profileStyles, panelStyles];

  /** The conversation beside it; its contact is shown. */
  @property() conversation: string | undefined;
  /** The contact that is shown, where there is no conversation beside it. */
  @property() contact: string | undefined;

  @state() private header: ConversationHeader | undefined;
  @state() private view: ContactView | undefined;
  @state() private rows: ConversationRow[] = [];
  /** Whether the form that saves the sender is open. */
  @state() private saving = false;
  /** The deal in the form; `new` for one to make. */
  @state() private deal: string | undefined;
  @state() private wholeHistory = false;

  /** The contact that is held in memory for this panel. */
  private held: string | undefined;

  constructor() {
    super();
    new ClientListener(this, {
      changed: (event) => this.onChanged(event.detail),
      rows: () => this.read(),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.hold(undefined);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("conversation") && !changed.has("contact") && !changed.has("desk")) return;
    this.saving = this.wholeHistory = false;
    this.deal = undefined;
    this.hold(this.contact);
    this.read();
  }

  protected override render(): unknown {
    const { desk, header, view, contact } = this;
    if (!desk || (!header && !contact)) return nothing;
    const name = whoIn(header ?? { contact: contact ?? null }, view, desk);
    const shown = this.conversation;
    return html`
      <div class="top" ?hidden=${name === ""}>
        ${avatar(name, view?.id ?? header?.id ?? "")}
        <h2 dir="auto">${name}</h2>
        ${view?.company ? html`<p class="muted" dir="auto">${view.company}</p>` : nothing}
        ${
          view && view.status !== "active"
            ? html`<span class="chip warning">${strings.contactStatus[view.status]}</span>`
            : nothing
        }
        ${view ? this.renderActions(view, desk) : nothing}
      </div>
      ${this.renderSave(header, view, desk)}
      ${
        view
          ? html`<threadline-profile-fields
                .desk=${desk}
                .contact=${view}
              ></threadline-profile-fields>
              <threadline-contact-links
                .desk=${desk}
                .contact=${view}
                .rows=${this.rows}
              ></threadline-contact-links>`
          : nothing
      }
      ${header ? this.renderTags(header, desk) : nothing}
      ${view ? engagementSection(desk.client.reads.engagement(view.id)) : nothing}
      ${taskSection(desk, this.rows, shown)} ${topicSection(desk, this.rows, shown)}
      ${appointmentSection(desk, this.rows, shown)} ${view ? this.renderDeals(view, desk) : nothing}
      ${conversationSection(desk, this.rows, shown)}
      ${view ? this.renderActivities(view, desk) : nothing} ${this.renderProblems(header, view)}
    `;
  }

  /** Ways to get in touch. A call goes out by the device; what was said is logged here. */
  private renderActions(view: ContactView, desk: Desk): TemplateResult {
    const phone = view.phone || view.identities.find(({ channel }) => channel !== "email")?.address;
    return html`<div class="actions">
      ${
        phone
          ? html`<a
              class="button"
              href="tel:${phone.replaceAll(/[^+\d]/g, "")}"
              @click=${() => desk.commands.run({ id: "call" })}
            >
              ${icon("call")} ${words().call}
            </a>`
          : nothing
      }
      <button @click=${() => this.write(view, desk)}>
        ${icon(view.email ? "email" : "message")} ${view.email ? words().email : words().message}
      </button>
    </div>`;
  }

  /** Who nobody saved yet is saved with one form, or one click where the profile is already there. */
  private renderSave(
    header: ConversationHeader | undefined,
    view: ContactView | undefined,
    desk: Desk,
  ): unknown {
    if (view) {
      if (view.saved || view.mergedInto) return nothing;
      const set = { field: "saved", value: true } as const;
      return html`<section>
        <p class="muted">${words().saveHint}</p>
        <button
          class="primary"
          @click=${() => desk.run({ contact: view.id, type: "set_contact_field", set })}
        >
          ${icon("user")} ${words().save}
        </button>
      </section>`;
    }
    const identity = header?.identity;
    if (!header || !identity) return nothing;
    return html`<section>
      ${
        this.saving
          ? html`<threadline-contact-form
              .desk=${desk}
              .identity=${identity}
              @cancel=${() => (this.saving = false)}
              @created=${(event: CustomEvent<string>) => {
                this.saving = false;
                void withConversation(desk, header.id, {
                  type: "link_conversation",
                  contact: event.detail,
                });
              }}
            ></threadline-contact-form>`
          : html`<p class="muted">${words().saveHint}</p>
              <button class="primary" @click=${() => (this.saving = true)}>
                ${icon("user")} ${words().save}
              </button>`
      }
    </section>`;
  }

  private renderTags({ id, tags }: ConversationHeader, desk: Desk): TemplateResult {
    return html`<section>
      <h3>${strings.profile.tags}</h3>
      ${tagEditor({
        tags,
        offered: desk.client.reads.settings().tags,
        label: strings.profile.addTag,
        add: (tag) => desk.run({ conversation: id, type: "add_tag", tag }),
        remove: (tag) => desk.run({ conversation: id, type: "remove_tag", tag }),
      })}
    </section>`;
  }

  private renderDeals(view: ContactView, desk: Desk): TemplateResult {
    const { deal } = this;
    return html`${opportunitySection(desk, view.opportunities, (id) => (this.deal = id ?? "new"))}
    ${
      deal === undefined
        ? nothing
        : html`<div class="deal">
            <threadline-opportunity-form
              class="card"
              .desk=${desk}
              .contact=${view.id}
              .opportunity=${deal === "new" ? undefined : deal}
              @done=${() => (this.deal = undefined)}
            ></threadline-opportunity-form>
          </div>`
    }`;
  }

  private renderActivities({ activities }: ContactView, desk: Desk): TemplateResult {
    const shown = this.wholeHistory ? activities : activities.slice(0, ACTIVITIES);
    return html`<section>
      <h3>${words().activity}</h3>
      <ul class="activities">
        ${shown.map(
          ({ by, at, action, change }) =>
            html`<li class="small">
              <p class="muted">
                <strong>${desk.nameOf(by)}</strong>
                ${word({ ...strings.actions, ...words().actions }, action)} · ${ago(at)}
              </p>
              ${
                change
                  ? html`<p class="faint" dir="auto">
                      ${words().history(
                        word({ ...strings.fields, ...words().fields }, change.field),
                        change.from,
                        change.to,
                      )}
                    </p>`
                  : nothing
              }
            </li>`,
        )}
      </ul>
      ${
        shown.length < activities.length
          ? html`<button class="link small" @click=${() => (this.wholeHistory = true)}>
              ${words().more}
            </button>`
          : nothing
      }
    </section>`;
  }

  private renderProblems(
    header: ConversationHeader | undefined,
    view: ContactView | undefined,
  ): unknown {
    const problems = [...(header?.problems ?? []), ...(view?.problems ?? [])];
    if (problems.length === 0) return nothing;
    return html`<section>
      <h3>${strings.profile.problems}</h3>
      <ul>
        ${problems.map(({ path, text }) => html`<li class="faint small">${path}: ${text}</li>`)}
      </ul>
    </section>`;
  }

  /** Goes where a message to the contact belongs, and to the field where it is written. */
  private async write(view: ContactView, desk: Desk): Promise<void> {
    try {
      const route = desk.client.reads.route(view.id);
      await desk.client.begin(route, "");
      desk.show(route.conversation);
      desk.commands.run({ id: "reply" });
    } catch (error) {
      desk.notify({ text: problemOf(error).message, alert: true });
    }
  }

  private read(): void {
    const { desk, conversation } = this;
    this.header = conversation ? desk?.client.header(conversation) : undefined;
    const id = this.contact ?? this.header?.contact;
    this.view = id ? desk?.client.contact(id) : undefined;
    const rows = id
      ? desk?.client.rows({ filter: "all", contact: id, limit: CONVERSATIONS })
      : undefined;
    this.rows = rows?.rows ?? [];
  }

  private onChanged({ doc, contact }: Changed): void {
    const about = doc === `conversation:${this.conversation}` || contact?.id === this.view?.id;
    if (about || doc === "workspace" || doc === `contact:${this.contact}`) this.read();
    if (doc === "workspace") this.requestUpdate();
  }

  /** Keeps a contact in memory, and no other. */
  private async hold(contact: string | undefined): Promise<void> {
    const { desk, held } = this;
    if (contact === held) return;
    this.held = undefined;
    if (held) desk?.client.contacts.close(held);
    if (!contact || !desk) return;
    try {
      await desk.client.contacts.open(contact);
      // While it came, another one may have been asked for, or the same one again.
      if (this.isConnected && this.contact === contact && !this.held) this.held = contact;
      else desk.client.contacts.close(contact);
      this.read();
    } catch (error) {
      desk.notify({ text: problemOf(error).message, alert: true });
    }
  }
}

/** What the panel is made of. */
export const elements = {
  ...opportunityForm,
  "threadline-contact-form": ContactForm,
  "threadline-contact-links": ContactLinks,
  "threadline-profile-fields": ProfileFields,
  "threadline-profile": ProfilePanel,
};
