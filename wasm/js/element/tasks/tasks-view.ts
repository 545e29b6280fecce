import { nothing } from "lit";
import { blank } from "../common/blank.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { tasks as words } from "../strings/en/tasks.js";
import { base } from "../styles/base.css.js";

/** All tasks of the workspace. */
export class TasksView extends Part {
  static override styles = [base, viewStyles];

  protected override render(): unknown {
    if (!this.desk) return nothing;
    return viewFrame(strings.views.tasks, nothing, blank("task", words().empty));
  }
}

/** What the view is made of. */
export const elements = { "threadline-tasks": TasksView };
