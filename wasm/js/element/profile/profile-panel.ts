import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Changed } from "../../client/events.js";
import { ClientListener } from "../common/client-listener.js";
import { conflictChips } from "../common/conflict-chips.js";
import type { Desk, Problem } from "../common/desk.js";
import { fieldError, fieldsOfForm, onEscape, options } from "../common/field-form.js";
import { avatar, overTime } from "../common/format.js";
import { icon } from "../common/icons.js";
import { settleContact, valueText } from "../common/settle.js";
import { Part } from "../common/part.js";
import { strings, word } from "../common/strings.js";
import type {
  ContactField,
  ContactView,
  ConversationHeader,
  Item,
  Task,
  Topic,
} from "../common/types.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";
import { dueText, overdueText } from "../task/due.js";
import { profileStyles } from "./profile-panel.css.js";

/** The fields a person types. */
const TEXT_FIELDS = ["name", "email", "phone", "company"] as const;
type TextField = (typeof TEXT_FIELDS)[number];

/** How much of a conversation is looked through for its tasks and topics, in items, newest first. */
const LOOK_BACK = 500;

/** Beside the thread: who the customer is, and what is planned and logged with them. */
export class ProfilePanel extends Part {
  static override styles = [base, conflictStyles, profileStyles];

  @property() conversation: string | undefined;

  @state() private header: ConversationHeader | undefined;
  @state() private contact: ContactView | undefined;
  @state() private tasks = new Map<string, Task>();
  @state() private topics = new Map<string, Topic>();
  @state() private editing: TextField | undefined;
  @state() private problem: Problem | undefined;

  constructor() {
    super();
    new ClientListener(this, { changed: (event) => this.onChanged(event.detail) });
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("conversation") || changed.has("desk")) {
      this.editing = this.problem = undefined;
      this.read();
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("editing") && this.editing) {
      this.renderRoot.querySelector<HTMLInputElement>("#editing")?.select();
    }
  }

  protected override render(): unknown {
    const { desk, header, contact } = this;
    if (!desk || !header) return nothing;
    const name = contact?.name || contact?.email || strings.unknown;
    return html`
      <div class="top">
        ${avatar(name, header.contact ?? header.id)}
        <h2 dir="auto">${name}</h2>
        ${contact?.company ? html`<p class="muted" dir="auto">${contact.company}</p>` : nothing}
        ${
          contact && contact.status !== "active"
            ? html`<span class="chip warning">${strings.contactStatus[contact.status]}</span>`
            : nothing
        }
      </div>
      ${contact ? this.renderContact(contact, desk) : nothing} ${this.renderTags(header)}
      ${this.renderTasks(desk)} ${this.renderTopics()} ${this.renderProblems(header, contact)}
    `;
  }

  private renderContact(contact: ContactView, desk: Desk): TemplateResult {
    const others = contact.identities.filter(
      ({ address }) => address !== contact.email && address !== contact.phone,
    );
    return html`<section>
      <dl>
        ${TEXT_FIELDS.map((field) => this.renderField(contact, field))}
        <div class="field">
          <dt>${strings.profile.type}</dt>
          <dd>
            <select
              class="quiet"
              aria-label=${strings.profile.type}
              .value=${live(contact.type)}
              @change=${(event: Event) =>
                this.set({ field: "type", value: (event.target as HTMLSelectElement).value })}
            >
              ${options(
                {
                  ...strings.contactTypes,
                  ...(!(contact.type in strings.contactTypes) && {
                    [contact.type]: word({}, contact.type),
                  }),
                },
                contact.type,
              )}
            </select>
          </dd>
        </div>
        ${
          others.length > 0
            ? html`<div class="field">
                <dt>${strings.profile.addresses}</dt>
                <dd class="plain-value">
                  ${others.map(
                    ({ channel, address }) =>
                      html`<p class="clip" title=${address}>${icon(channel)} ${address}</p>`,
                  )}
                </dd>
              </div>`
            : nothing
        }
      </dl>
      ${conflictChips(
        contact.conflicts,
        desk,
        (field, value) => valueText(desk, field, value),
        (field, value) => desk.run(settleContact(contact.id, field, value)),
      )}
    </section>`;
  }

  private renderField(contact: ContactView, field: TextField): TemplateResult {
    const label = strings.profile[field];
    const value = contact[field];
    return html`<div class="field">
      <dt>${label}</dt>
      <dd>
        ${
          this.editing === field
            ? html`<form @submit=${this.onField}>
                <input
                  id="editing"
                  name=${field}
                  aria-label=${label}
                  .value=${value}
                  aria-invalid=${this.problem !== undefined}
                  @keydown=${this.onFieldKey}
                  @blur=${this.onFieldBlur}
                />
                ${fieldError(this.problem, this.problem?.field ?? "")}
                ${
                  this.problem && !this.problem.field
                    ? html`<p class="field-error" role="alert">${this.problem.message}</p>`
                    : nothing
                }
              </form>`
            : html`<button
                class="value ${value ? "" : "none"}"
                @click=${() => (this.editing = field)}
              >
                ${
                  value
                    ? html`<span class="unseen">${strings.profile.editField(label)}</span>`
                    : nothing
                }
                <span class="clip" dir="auto">${value || strings.profile.add(label)}</span>
              </button>`
        }
      </dd>
    </div>`;
  }

  private renderTags(header: ConversationHeader): TemplateResult {
    return html`<section>
      <h3>${strings.profile.tags}</h3>
      <div class="tags">
        ${header.tags.map(
          (tag) =>
            html`<span class="chip">
              <span class="clip" dir="auto" title=${tag}>${tag}</span>
              <button
                aria-label=${strings.profile.removeTag(tag)}
                @click=${() => this.desk?.run({ conversation: header.id, type: "remove_tag", tag })}
              >
                ${icon("close")}
              </button>
            </span>`,
        )}
        <form @submit=${this.onTag}>
          <input
            class="quiet"
            name="tag"
            aria-label=${strings.profile.addTag}
            placeholder=${strings.profile.addTag}
          />
        </form>
      </div>
    </section>`;
  }

  private renderTasks(desk: Desk): TemplateResult {
    const over = ({ status }: Task): number => Number(status === "done" || status === "cancelled");
    const tasks = [...this.tasks.values()].sort(
      (a, b) =>
        over(a) - over(b) || (a.due?.at ?? Infinity) - (b.due?.at ?? Infinity) || a.at - b.at,
    );
    return html`<section>
      <h3>${strings.profile.tasks}</h3>
      ${
        tasks.length === 0
          ? html`<p class="faint">${strings.profile.noTasks}</p>`
          : html`<ul class="things">
              ${tasks.map(
                (task) =>
                  html`<li class=${over(task) ? "done" : "open"}>
                    ${icon(task.status === "done" ? "checkCircle" : "task")}
                    <div>
                      <p dir="auto">${task.title}</p>
                      <p class="faint small">
                        ${over(task) ? strings.taskStatus[task.status] : desk.assigneeName(task.assignee)}
                        ${task.due && !over(task) ? this.renderDue(task.due) : nothing}
                      </p>
                    </div>
                  </li>`,
              )}
            </ul>`
      }
    </section>`;
  }

  private renderDue(due: NonNullable<Task["due"]>): TemplateResult {
    return html`·
      <span class=${due.at < Date.now() ? "overdue" : ""}
        >${overTime((now: number) =>
          due.at < now ? overdueText(due, now) : dueText(due, now),
        )}</span
      >`;
  }

  private renderTopics(): TemplateResult {
    const topics = [...this.topics.values()].sort((a, b) => b.at - a.at);
    return html`<section>
      <h3>${strings.profile.topics}</h3>
      ${
        topics.length === 0
          ? html`<p class="faint">${strings.topic.none}</p>`
          : html`<ul class="things">
              ${topics.map(
                (topic) =>
                  html`<li>
                    ${icon("topic")}
                    <div>
                      <p dir="auto">${topic.subject}</p>
                      <p class="faint small">
                        ${word(strings.purposes, topic.purpose)} ·
                        ${strings.topicStatus[topic.status]}
                      </p>
                    </div>
                  </li>`,
              )}
            </ul>`
      }
    </section>`;
  }

  private renderProblems(header: ConversationHeader, contact: ContactView | undefined): unknown {
    const problems = [...header.problems, ...(contact?.problems ?? [])];
    if (problems.length === 0) return nothing;
    return html`<section>
      <h3>${strings.profile.problems}</h3>
      <ul>
        ${problems.map(({ path, text }) => html`<li class="faint small">${path}: ${text}</li>`)}
      </ul>
    </section>`;
  }

  /** Reads everything again: another conversation, or the one shown has arrived or was rebuilt. */
  private read(): void {
    const { desk, conversation } = this;
    this.header = conversation ? desk?.client.header(conversation) : undefined;
    const id = this.header?.contact;
    this.contact = id ? desk?.client.contact(id) : undefined;
    this.tasks = new Map();
    this.topics = new Map();
    if (desk && conversation && this.header) {
      this.take(desk.client.items(conversation, { limit: LOOK_BACK }));
    }
  }

  private take(items: Item[]): void {
    for (const item of items) {
      if (item.kind === "task") this.tasks.set(item.value.id, item.value);
      if (item.kind === "topic") this.topics.set(item.value.id, item.value);
    }
    this.requestUpdate();
  }

  private onChanged({ doc, items, header, contact, reset }: Changed): void {
    if (contact && contact.id === this.header?.contact) this.contact = contact;
    if (doc !== `conversation:${this.conversation}`) return;
    if (reset || !this.header || !this.contact) {
      this.read();
      return;
    }
    this.header = header ?? this.header;
    this.take(items);
  }

  private set(set: ContactField): boolean {
    const { desk, contact } = this;
    if (!desk || !contact) return false;
    const attempt = desk.attempt({ contact: contact.id, type: "set_contact_field", set });
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    this.requestUpdate();
    return !this.problem;
  }

  private readonly onField = (event: SubmitEvent): void => {
    const field = this.editing;
    if (!field) return event.preventDefault();
    const value = fieldsOfForm(event)(field);
    if (value === this.contact?.[field] || this.set({ field, value })) this.editing = undefined;
  };

  private readonly onFieldKey = onEscape(() => (this.editing = this.problem = undefined));

  /** Leaving the field keeps what was typed; after a refusal, it keeps the field open instead. */
  private readonly onFieldBlur = (event: FocusEvent): void => {
    if (this.editing && !this.problem) (event.target as HTMLInputElement).form?.requestSubmit();
  };

  private readonly onTag = (event: SubmitEvent): void => {
    const tag = fieldsOfForm(event)("tag");
    const { desk, header } = this;
    if (!desk || !header || tag === "") return;
    if (desk.run({ conversation: header.id, type: "add_tag", tag })) {
      (event.target as HTMLFormElement).reset();
    }
  };
}

/** What the panel is made of. */
export const elements = { "threadline-profile": ProfilePanel };
