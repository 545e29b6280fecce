import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { problemOf } from "../common/desk.js";
import { avatar } from "../common/format.js";
import { options } from "../common/field-form.js";
import { strings } from "../common/strings.js";
import type { Availability, Channel, Member, Role } from "../common/types.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { block, Section, sectionStyles } from "./section.js";

const CHANNELS: readonly Channel[] = ["email", "sms", "whatsapp", "webchat", "call"];

const styles = css`
  .member {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    align-items: center;
    gap: 4px 12px;
  }
  .availability {
    inline-size: auto;
  }
  .channels {
    grid-column: 1 / -1;
    padding-inline-start: 40px;
  }
  .channels label,
  .member > label {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    margin: 0;
  }
`;

/** What an admin says of a member; the server takes all of it at once. */
type Profile = Required<Pick<Member, "name" | "role" | "teams" | "active">> & {
  channels: Channel[] | null;
};

/**
 * The people on the team. They are the server's to keep: what is done here works online alone, is
 * shown at once, and holds only when the server has said so.
 */
export class Members extends Section {
  static override styles = [base, sectionStyles, styles];

  /** Everyone who is or was on the team, as the server lists them; undefined until it has. */
  @state() private everyone: Member[] | undefined;
  /** Why the server could not be asked, or refused. */
  @state() private trouble = "";

  /** What was said to the server last, which takes one thing after the other. */
  private said: Promise<void> = Promise.resolve();

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const { member } = desk.client;
    const team = this.everyone ?? desk.client.members;
    return html`
      <p class="hint">${words().membersHint}</p>
      ${this.trouble ? html`<p class="field-error" role="alert">${this.trouble}</p>` : nothing}
      ${block(
        words().availability,
        words().availabilityHint,
        html`<select
          class="availability"
          aria-label=${words().availability}
          .value=${live(member?.availability ?? "available")}
          @change=${(event: Event) => {
            const availability = (event.target as HTMLSelectElement).value as Availability;
            void this.say("me/availability", { availability });
          }}
        >
          ${options(words().availabilities, member?.availability)}
        </select>`,
      )}
      ${block(
        words().members,
        words().channelsHint,
        html`<fieldset ?disabled=${this.readOnly}>
          <ul class="entries">
            ${team.filter(({ role }) => role !== "service").map((each) => this.renderMember(each))}
          </ul>
        </fieldset>`,
      )}
    `;
  }

  private renderMember(member: Member): TemplateResult {
    const { id, name, role, channels, active = true } = member;
    return html`<li class="member ${active ? "" : "archived"}" aria-label=${name}>
      <span class="line">
        ${avatar(name, id)}
        <span class="clip"
          ><span dir="auto">${name}</span> <span class="faint small">${id}</span></span
        >
      </span>
      <select
        aria-label=${words().roleOf(name)}
        .value=${live(role)}
        @change=${(event: Event) =>
          this.set(member, { role: (event.target as HTMLSelectElement).value as Role })}
      >
        ${options(words().roles, role)}
      </select>
      <label>
        <input
          type="checkbox"
          .checked=${live(active)}
          @change=${(event: Event) =>
            this.set(member, { active: (event.target as HTMLInputElement).checked })}
        />
        ${words().active}
      </label>
      <div class="channels actions small" role="group" aria-label=${words().channelsOf(name)}>
        ${CHANNELS.map(
          (channel) =>
            html`<label>
              <input
                type="checkbox"
                .checked=${live(channels?.includes(channel) ?? true)}
                @change=${(event: Event) => {
                  const on = (event.target as HTMLInputElement).checked;
                  const rest = (channels ?? CHANNELS).filter((each) => each !== channel);
                  const next = on ? [...rest, channel] : rest;
                  // Who may use all may also use those that are yet to come.
                  this.set(member, { channels: next.length === CHANNELS.length ? null : next });
                }}
              />
              ${strings.channels[channel]}
            </label>`,
        )}
      </div>
    </li>`;
  }

  private set(
    { id, name, role, teams = [], channels, active }: Member,
    set: Partial<Profile>,
  ): void {
    const profile: Profile = {
      name,
      role,
      teams,
      channels: channels ?? null,
      active: active ?? true,
    };
    const next = { ...profile, ...set };
    // A second click before the answer to the first must build on it, not on what was before.
    const shown = { role: next.role, active: next.active, channels: next.channels ?? undefined };
    this.everyone = (this.everyone ?? this.desk?.client.members ?? []).map((each) =>
      each.id === id ? { ...each, ...shown } : each,
    );
    void this.say(`members/${encodeURIComponent(id)}`, next);
  }

  /** Tells the server, and shows what holds once it has answered everything. */
  private async say(path: string, body: unknown): Promise<void> {
    const put = async (): Promise<void> => {
      try {
        await this.desk?.client.rest.put(path, body);
        this.trouble = "";
      } catch (error) {
        this.trouble = problemOf(error).message;
      }
    };
    const said = (this.said = this.said.then(put));
    await said;
    if (said === this.said) await this.load();
  }

  private async load(): Promise<void> {
    try {
      this.everyone = (await this.desk?.client.rest.get<{ members: Member[] }>("members"))?.members;
    } catch (error) {
      this.trouble = problemOf(error).message;
    }
    this.requestUpdate();
  }
}
