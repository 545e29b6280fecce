import { html, nothing } from "lit";
import { strings } from "../common/strings.js";
import type { Choice, ChoiceDraft, ListKind, WorkspaceView } from "../common/types.js";
import { pipeline as pipelineWords } from "../strings/en/pipeline.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { block, Section, sectionStyles } from "./section.js";

/** The lists, with what they hold and what the entries are called that everybody has from the start. */
const LISTS: Record<
  ListKind,
  { of: (settings: WorkspaceView) => Choice[]; builtIn: () => Record<string, string> }
> = {
  purposes: { of: ({ purposes }) => purposes, builtIn: () => strings.purposes },
  task_types: { of: ({ taskTypes }) => taskTypes, builtIn: () => strings.taskTypes },
  contact_types: { of: ({ contactTypes }) => contactTypes, builtIn: () => strings.contactTypes },
  tags: { of: ({ tags }) => tags, builtIn: () => ({}) },
  lost_reasons: {
    of: ({ lostReasons }) => lostReasons,
    builtIn: () => pipelineWords().lostReasons,
  },
};

/** The lists of words that a workspace chooses for itself. */
export class Lists extends Section {
  static override styles = [base, sectionStyles];

  protected override render(): unknown {
    const { settings } = this;
    if (!settings) return nothing;
    return (Object.keys(LISTS) as ListKind[]).map((list) => {
      const { title, hint } = words().lists[list];
      const { of, builtIn } = LISTS[list];
      return block(
        title,
        hint,
        html`<threadline-choice-list
          .label=${title}
          .choices=${of(settings)}
          .builtIn=${builtIn()}
          ?readonly=${this.readOnly}
          .put=${(choices: ChoiceDraft[]) => {
            for (const choice of choices) {
              if (!this.put({ type: "put_choice", list, choice })) return this.problem;
            }
            return undefined;
          }}
        ></threadline-choice-list>`,
      );
    });
  }
}
