import { html, nothing, type TemplateResult } from "lit";
import { fieldsOfForm, formError } from "../common/field-form.js";
import { avatar } from "../common/format.js";
import { icon } from "../common/icons.js";
import type { Desk } from "../common/desk.js";
import { teamName } from "../common/desk.js";
import type { Team } from "../common/types.js";
import { strings } from "../common/strings.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { Section, sectionStyles } from "./section.js";

/** The teams and who belongs to them. */
export class Teams extends Section {
  static override styles = [base, sectionStyles];

  protected override render(): unknown {
    const { settings, desk } = this;
    if (!settings || !desk) return nothing;
    return html`<fieldset ?disabled=${this.readOnly}>
      ${settings.teams.length === 0 ? html`<p class="hint">${words().noTeams}</p>` : nothing}
      ${settings.teams.map((team) => this.renderTeam(team, desk))}
      <form class="block line" @submit=${this.onAdd}>
        <input
          class="grow"
          name="name"
          aria-label=${words().newTeam}
          placeholder=${words().newTeam}
        />
        <button>${icon("plus")} ${words().addEntry}</button>
      </form>
      ${formError(this.problem, [])}
    </fieldset>`;
  }

  private renderTeam(team: Team, desk: Desk): TemplateResult {
    const name = team.name || teamName(team.id);
    const outside = desk.people.filter(({ id }) => !team.members.includes(id));
    return html`<section class="block" aria-label=${name}>
      <form
        class="line"
        @change=${(event: Event) => (event.currentTarget as HTMLFormElement).requestSubmit()}
        @submit=${(event: SubmitEvent) => {
          const typed = fieldsOfForm(event)("name");
          this.put({ type: "put_team", team: { ...team, name: typed } });
        }}
      >
        <input class="grow" name="name" aria-label=${words().teamName} .value=${name} />
        ${team.archived ? html`<span class="chip">${words().archived}</span>` : nothing}
        <button
          type="button"
          class="plain icon-only"
          aria-label=${team.archived ? words().restore(name) : words().archive(name)}
          title=${team.archived ? words().restore(name) : words().archive(name)}
          @click=${() =>
            this.put({ type: "put_team", team: { ...team, name, archived: !team.archived } })}
        >
          ${icon(team.archived ? "reopen" : "archive")}
        </button>
      </form>
      <ul class="actions members" aria-label=${words().membersOf(name)}>
        ${team.members.map(
          (member) =>
            html`<li class="chip">
              ${avatar(desk.nameOf(member), member, "tiny")} ${desk.nameOf(member)}
              <button
                class="link"
                aria-label=${words().removeMember(desk.nameOf(member), name)}
                @click=${() => this.put({ type: "remove_team_member", team: team.id, member })}
              >
                ${icon("close")}
              </button>
            </li>`,
        )}
        ${
          outside.length > 0 && !this.readOnly
            ? html`<li>
                <select
                  class="quiet"
                  aria-label=${words().addMember(name)}
                  @change=${(event: Event) => {
                    const select = event.target as HTMLSelectElement;
                    this.put({ type: "add_team_member", team: team.id, member: select.value });
                    select.value = "";
                  }}
                >
                  <option value="">${words().addMemberShort}</option>
                  ${outside.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
                </select>
              </li>`
            : nothing
        }
        ${
          team.members.length === 0 && this.readOnly
            ? html`<li class="faint">${strings.nobody}</li>`
            : nothing
        }
      </ul>
    </section>`;
  }

  private readonly onAdd = (event: SubmitEvent): void => {
    const name = fieldsOfForm(event)("name");
    if (this.put({ type: "put_team", team: { name } })) (event.target as HTMLFormElement).reset();
  };
}
