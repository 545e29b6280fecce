import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { ClientListener } from "../common/client-listener.js";
import { conflictChips } from "../common/conflict-chips.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { WorkspaceView } from "../common/types.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";
import { Audit } from "./audit.js";
import { ChoiceList } from "./choice-list.js";
import { CustomFields } from "./custom-fields.js";
import { FlowForm } from "./flow-form.js";
import { Flows } from "./flows.js";
import { Lists } from "./lists.js";
import { Members } from "./members.js";
import { Pipelines } from "./pipelines.js";
import { Policies } from "./policies.js";
import { SavedViews } from "./saved-views.js";
import { keyText, settingText, settleSetting } from "./setting-key.js";
import { Teams } from "./teams.js";
import { Templates } from "./templates.js";

type SectionName = keyof ReturnType<typeof words>["sections"];

const styles = css`
  .body {
    flex-direction: row;
    overflow: hidden;
  }
  nav {
    flex: none;
    inline-size: 200px;
    padding: 8px;
    border-inline-end: 1px solid var(--threadline-border);
    overflow-y: auto;
  }
  nav button {
    inline-size: 100%;
    justify-content: flex-start;
  }
  nav button.plain[aria-current="true"] {
    background: var(--threadline-accent-tint);
    color: var(--threadline-accent);
  }
  .content {
    flex: 1 1 0;
    min-inline-size: 0;
    padding: 16px 20px 32px;
    overflow-y: auto;
    container-type: inline-size;
  }
  .content > h3 {
    margin-block-end: 12px;
    font-size: 15px;
  }
  .notice {
    margin-block-end: 12px;
  }
  @container (inline-size < 640px) {
    .body {
      flex-direction: column;
    }
    nav {
      display: flex;
      inline-size: 100%;
      border-inline-end: 0;
      border-block-end: 1px solid var(--threadline-border);
      overflow-x: auto;
    }
    nav button {
      inline-size: auto;
    }
    .content {
      padding-inline: 14px;
    }
  }
`;

/** The settings of the workspace. Admins change them, everybody else may read. */
export class SettingsView extends Part {
  static override styles = [base, viewStyles, conflictStyles, styles];

  @state() private section: SectionName = "policies";

  constructor() {
    super();
    const update = (): void => this.requestUpdate();
    new ClientListener(this, {
      changed: ({ detail }) => {
        if (detail.doc === "workspace") update();
      },
      rows: update,
      ready: update,
    });
  }

  protected override render(): unknown {
    const { desk, section } = this;
    if (!desk) return nothing;
    const settings = desk.client.reads.settings();
    const { sections } = words();
    return viewFrame(
      strings.views.settings,
      nothing,
      html`<nav aria-label=${strings.views.settings}>
          ${(Object.keys(sections) as SectionName[]).map(
            (name) =>
              html`<button
                class="plain"
                aria-current=${name === section}
                @click=${() => (this.section = name)}
              >
                ${sections[name]}
              </button>`,
          )}
        </nav>
        <div class="content">
          ${
            desk.client.member?.role === "admin"
              ? nothing
              : html`<p class="notice chip">${words().readOnly}</p>`
          }
          ${conflictChips(
            settings.conflicts,
            desk,
            (field, value) => settingText(field, value, desk),
            (field, value) => {
              const command = settleSetting(field, value, settings);
              if (command) desk.run(command);
            },
            (field) => keyText(field, settings, desk),
          )}
          <h3>${sections[section]}</h3>
          ${this.renderSection(settings)}
        </div>`,
    );
  }

  private renderSection(settings: WorkspaceView): TemplateResult {
    const { desk } = this;
    switch (this.section) {
      case "policies":
        return html`<threadline-settings-policies
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-policies>`;
      case "lists":
        return html`<threadline-settings-lists
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-lists>`;
      case "teams":
        return html`<threadline-settings-teams
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-teams>`;
      case "fields":
        return html`<threadline-settings-fields
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-fields>`;
      case "pipelines":
        return html`<threadline-settings-pipelines
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-pipelines>`;
      case "templates":
        return html`<threadline-settings-templates
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-templates>`;
      case "flows":
        return html`<threadline-settings-flows
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-flows>`;
      case "views":
        return html`<threadline-settings-views
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-views>`;
      case "members":
        return html`<threadline-settings-members
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-members>`;
      case "audit":
        return html`<threadline-settings-audit
          .desk=${desk}
          .settings=${settings}
        ></threadline-settings-audit>`;
    }
  }
}

/** What the view is made of. */
export const elements = {
  "threadline-choice-list": ChoiceList,
  "threadline-settings-policies": Policies,
  "threadline-settings-lists": Lists,
  "threadline-settings-teams": Teams,
  "threadline-settings-fields": CustomFields,
  "threadline-settings-pipelines": Pipelines,
  "threadline-settings-templates": Templates,
  "threadline-flow-form": FlowForm,
  "threadline-settings-flows": Flows,
  "threadline-settings-views": SavedViews,
  "threadline-settings-members": Members,
  "threadline-settings-audit": Audit,
  "threadline-settings": SettingsView,
};
