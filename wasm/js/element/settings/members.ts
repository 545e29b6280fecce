import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { avatar } from "../common/format.js";
import { options } from "../common/field-form.js";
import { strings } from "../common/strings.js";
import type { Availability, Channel, Member, Role } from "../common/types.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { Directory } from "./directory.js";
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

/** The people on the team, and what an admin lets each of them do. */
export class Members extends Section {
  static override styles = [base, sectionStyles, styles];

  private directory: Directory | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.desk || !changed.has("desk")) return;
    this.directory = new Directory(this.desk.client, () => this.requestUpdate());
    void this.directory.load();
  }

  protected override render(): unknown {
    const { desk, directory } = this;
    if (!desk || !directory) return nothing;
    const { member } = desk.client;
    const { everyone, trouble } = directory;
    const team = everyone.filter(({ role }) => role !== "service");
    return html`
      <p class="hint">${words().membersHint}</p>
      ${trouble ? html`<p class="field-error" role="alert">${trouble}</p>` : nothing}
      ${block(
        words().availability,
        words().availabilityHint,
        html`<select
          class="availability"
          aria-label=${words().availability}
          .value=${live(member?.availability ?? "available")}
          @change=${(event: Event) => {
            const availability = (event.target as HTMLSelectElement).value as Availability;
            void directory.say("me/availability", { availability });
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
            ${team.map((each) => this.renderMember(each, directory))}
          </ul>
        </fieldset>`,
      )}
    `;
  }

  private renderMember(member: Member, directory: Directory): TemplateResult {
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
          directory.set(member, { role: (event.target as HTMLSelectElement).value as Role })}
      >
        ${options(words().roles, role)}
      </select>
      <label>
        <input
          type="checkbox"
          .checked=${live(active)}
          @change=${(event: Event) =>
            directory.set(member, { active: (event.target as HTMLInputElement).checked })}
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
                  void directory.set(member, {
                    channels: next.length === CHANNELS.length ? null : next,
                  });
                }}
              />
              ${strings.channels[channel]}
            </label>`,
        )}
      </div>
    </li>`;
  }
}
