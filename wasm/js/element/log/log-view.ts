import { nothing } from "lit";
import { blank } from "../common/blank.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { log as words } from "../strings/en/log.js";
import { base } from "../styles/base.css.js";

/** What has happened in the workspace: topics, e-mails, tickets. */
export class LogView extends Part {
  static override styles = [base, viewStyles];

  protected override render(): unknown {
    if (!this.desk) return nothing;
    return viewFrame(strings.views.log, nothing, blank("topic", words().empty));
  }
}

/** What the view is made of. */
export const elements = { "threadline-log": LogView };
