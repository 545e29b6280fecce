import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { conflictChips } from "../common/conflict-chips.js";
import type { Desk } from "../common/desk.js";
import { options } from "../common/field-form.js";
import { ago, avatar, momentText, namesText } from "../common/format.js";
import { icon } from "../common/icons.js";
import type { Menu, MenuItem } from "../common/menu.js";
import { settleConversation, valueText } from "../common/settle.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { ContactView, ConversationHeader, Person, Priority } from "../common/types.js";
import { whoIn } from "../common/who.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";
import { conversation as words } from "../strings/en/conversation.js";
import { snoozeMenu, tagMenu } from "./header-menus.js";
import { assign, close, handToTeam, offerUndo, perform, reopen, star } from "./plans.js";
import { headerStyles } from "./thread-header.css.js";

/**
 * The top of a conversation: who it is with, who else is here, and the quick actions.
 * @fires details when the contact's details are to be shown or hidden
 * @fires wrap-up when it is to be closed and the workspace wants a topic for that
 * @fires pick-snooze when the person wants to name the time it comes back at
 */
export class ThreadHeader extends Part {
  static override styles = [base, conflictStyles, headerStyles];

  @property({ attribute: false }) header: ConversationHeader | undefined;
  @property({ attribute: false }) contact: ContactView | undefined;
  @property({ attribute: false }) presence: Person[] = [];
  /** Whether there is a list to go back to. */
  @property({ type: Boolean }) returnable = false;

  /** Goes to the choice of the owner, and opens it where the browser allows. */
  chooseOwner(): void {
    const select = this.renderRoot.querySelector<HTMLSelectElement>("#owner");
    select?.focus();
    try {
      select?.showPicker();
    } catch {
      // Not every browser opens it by code; the focus is there.
    }
  }

  /** Opens the choice of when the conversation comes back. */
  chooseSnooze(): void {
    void this.renderRoot.querySelector<Menu>("#snooze")?.open();
  }

  /**
   * Closes the conversation, or takes it back; either can be undone for a moment. Where the workspace
   * wants a topic first, it is asked for.
   */
  toggleClosed(): void {
    const { desk, header } = this;
    if (!desk || !header) return;
    const plan = header.status === "open" ? close : reopen;
    const text = header.status === "open" ? strings.toast.closed : strings.toast.reopened;
    const step = plan(header, desk.me);
    if (!step) return;
    const attempt = desk.attempt(step.run);
    if ("outcome" in attempt) offerUndo(desk, header.id, step, text);
    else if (attempt.problem.code === "topic_required") this.dispatchEvent(new Event("wrap-up"));
    else desk.notify({ text: attempt.problem.message, alert: true });
  }

  /** Stars the conversation for this member, or takes the star away. */
  toggleStar(): void {
    const { desk, header } = this;
    if (!desk || !header) return;
    const starred = header.starred.includes(desk.me);
    const { toast } = words();
    perform(desk, header, star(!starred), starred ? toast.unstarred : toast.starred);
  }

  protected override render(): unknown {
    const { desk, header, contact } = this;
    if (!desk || !header) return nothing;
    const open = header.status === "open";
    const toggle = open ? strings.thread.closeConversation : strings.thread.reopen;
    const name = whoIn(header, contact, desk);
    return html`
      <header>
        <div class="line">
          ${
            this.returnable
              ? html`<button
                  class="plain icon-only back"
                  aria-label=${strings.back}
                  @click=${() => desk.show(undefined)}
                >
                  ${icon("back")}
                </button>`
              : nothing
          }
          ${avatar(name, header.contact ?? header.id)}
          <div class="grow">
            <h2 class="clip">
              <bdi>${name}</bdi>${
                contact?.company
                  ? html` <bdi class="company faint">${contact.company}</bdi>`
                  : nothing
              }
            </h2>
            <p class="subject clip muted"><bdi>${header.subject}</bdi></p>
          </div>
          ${this.renderPresence(desk)}
          <slot></slot>
          <button
            class="plain icon-only details"
            aria-label=${strings.thread.showDetails}
            title=${strings.thread.showDetails}
            @click=${() => this.dispatchEvent(new Event("details"))}
          >
            ${icon("sidebar")}
          </button>
        </div>
        <div class="line wrap bar" role="toolbar" aria-label=${strings.thread.label}>
          ${this.renderOwner(desk, header)} ${this.renderPriority(desk, header)}
          ${this.renderMarks(desk, header)}
          ${
            header.status === "closed"
              ? html`<span class="chip">
                  ${
                    header.closed
                      ? html`${strings.thread.closedBy(desk.nameOf(header.closed.by))},
                        ${ago(header.closed.at)}`
                      : strings.conversationStatus.closed
                  }
                </span>`
              : nothing
          }
          <span class="grow"></span>
          ${this.renderActions(desk)} ${this.renderState(desk, header)}
          <button aria-label=${toggle} title=${toggle} @click=${this.toggleClosed}>
            ${icon(open ? "check" : "reopen")} <span class="words">${toggle}</span>
          </button>
        </div>
        ${conflictChips(
          header.conflicts,
          desk,
          (field, value) => valueText(desk, field, value),
          (field, value) => {
            const command = settleConversation(header.id, field, value);
            if (command) desk.run(command);
          },
        )}
      </header>
    `;
  }

  /** Whom it is with besides its owner, what it is tagged with, how long it sleeps. */
  private renderMarks(desk: Desk, { team, tags, snoozed }: ConversationHeader): TemplateResult {
    return html`${
      team ? html`<span class="chip">${icon("contacts")} ${desk.teamName(team)}</span>` : nothing
    }
    ${tags.map((name) => html`<span class="chip"><bdi class="clip">${name}</bdi></span>`)}
    ${
      snoozed && snoozed.until > Date.now()
        ? html`<span class="chip warning">
            ${icon("clock")} ${words().snooze.chip(momentText(snoozed.until))}
          </span>`
        : nothing
    }`;
  }

  /** What is set with one press or a short choice; a viewer sets nothing. */
  private renderState(desk: Desk, header: ConversationHeader): unknown {
    if (desk.client.member?.role === "viewer") return nothing;
    const starred = header.starred.includes(desk.me);
    const starText = starred ? words().unstar : words().star;
    const pick = (): void => void this.dispatchEvent(new Event("pick-snooze"));
    return html`<button
        class="plain icon-only ${starred ? "starred" : ""}"
        aria-label=${starText}
        title=${starText}
        aria-pressed=${starred}
        @click=${this.toggleStar}
      >
        ${icon("star")}
      </button>
      <threadline-menu
        id="snooze"
        look="plain icon-only"
        .label=${words().snooze.label}
        .items=${() => snoozeMenu(desk, header, pick)}
        >${icon("clock")}</threadline-menu
      >
      <threadline-menu
        look="plain icon-only"
        .label=${words().tags}
        .items=${() => tagMenu(desk, header)}
        >${icon("tag")}</threadline-menu
      >`;
  }

  /** What can be done with the conversation: the frequent as buttons, everything in a menu. */
  private renderActions(desk: Desk): TemplateResult {
    const actions = desk.commands.available().filter(({ group }) => group === "conversation");
    const items = (): MenuItem[] =>
      actions.map((each) => ({
        text: each.title(),
        icon: each.icon,
        keys: each.keys,
        run: () => void desk.commands.run(each),
      }));
    return html`${actions.map((each) =>
        each.bar
          ? html`<button
              class="plain act"
              aria-label=${each.title()}
              title=${each.title()}
              @click=${() => desk.commands.run(each)}
            >
              ${icon(each.icon)} <span class="words">${each.bar()}</span>
            </button>`
          : nothing,
      )}
      <threadline-menu look="plain icon-only" .label=${strings.more} .items=${items}
        >${icon("more")}</threadline-menu
      >`;
  }

  /** Teammates who have this conversation open, each once however many tabs they use. */
  private renderPresence(desk: Desk): TemplateResult | typeof nothing {
    const others = this.presence.filter(({ member }) => member !== desk.me);
    const members = [...new Set(others.map(({ member }) => member))];
    if (members.length === 0) return nothing;
    const names = namesText(members.map((member) => desk.nameOf(member)));
    return html`<div class="presence line" role="status">
      <span class="line" title=${strings.thread.here(names)}>
        ${members.map((member) => avatar(desk.nameOf(member), member, "tiny"))}
      </span>
      <span class="unseen">${strings.thread.here(names)}</span>
    </div>`;
  }

  private renderOwner(desk: Desk, header: ConversationHeader): TemplateResult {
    return html`<span class="line choice">
      ${header.owner ? avatar(desk.nameOf(header.owner), header.owner, "tiny") : icon("user")}
      <select
        id="owner"
        class="quiet"
        aria-label=${strings.thread.owner}
        .value=${live(header.owner ?? "")}
        @change=${this.onOwner}
      >
        <option value="" ?selected=${!header.owner}>${strings.thread.noOwner}</option>
        <optgroup label=${strings.task.members}>
          ${desk.people.map(
            ({ id, name }) =>
              html`<option value=${id} ?selected=${id === header.owner}>${name}</option>`,
          )}
        </optgroup>
        <optgroup label=${words().teams}>
          ${
            header.team
              ? html`<option value="team:">${words().noTeam(desk.teamName(header.team))}</option>`
              : nothing
          }
          ${desk.teams.map(
            (team) => html`<option value="team:${team}">${desk.teamName(team)}</option>`,
          )}
        </optgroup>
      </select>
    </span>`;
  }

  private renderPriority(desk: Desk, header: ConversationHeader): TemplateResult {
    return html`<span class="line choice ${header.priority}">
      ${icon("flag")}
      <select
        class="quiet"
        aria-label=${strings.thread.priority}
        .value=${live(header.priority)}
        @change=${(event: Event) => {
          const priority = (event.target as HTMLSelectElement).value as Priority;
          desk.run({ conversation: header.id, type: "set_conversation_priority", priority });
          this.requestUpdate();
        }}
      >
        ${options(strings.priorities, header.priority)}
      </select>
    </span>`;
  }

  /** Assigns to a member, or hands to a team: `team:` and its id. */
  private readonly onOwner = (event: Event): void => {
    const { desk, header } = this;
    if (!desk || !header) return;
    const { value } = event.target as HTMLSelectElement;
    if (value.startsWith("team:")) {
      const team = value.slice("team:".length);
      const { toTeam, fromTeam } = words().toast;
      const text = team ? toTeam(desk.teamName(team)) : fromTeam;
      perform(desk, header, handToTeam(team || null), text);
    } else {
      const text = value ? strings.toast.assigned(desk.nameOf(value)) : strings.toast.unassigned;
      perform(desk, header, assign(value || null), text);
    }
    this.requestUpdate();
  };
}
