import { nothing } from "lit";
import { blank } from "../common/blank.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";

/** What admins set up for the workspace. */
export class SettingsView extends Part {
  static override styles = [base, viewStyles];

  protected override render(): unknown {
    if (!this.desk) return nothing;
    return viewFrame(strings.views.settings, nothing, blank("settings", words().empty));
  }
}

/** What the view is made of. */
export const elements = { "threadline-settings": SettingsView };
