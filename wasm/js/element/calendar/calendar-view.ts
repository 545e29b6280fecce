import { nothing } from "lit";
import { blank } from "../common/blank.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { calendar as words } from "../strings/en/calendar.js";
import { base } from "../styles/base.css.js";

/** Appointments by day and week. */
export class CalendarView extends Part {
  static override styles = [base, viewStyles];

  protected override render(): unknown {
    if (!this.desk) return nothing;
    return viewFrame(strings.views.calendar, nothing, blank("calendar", words().empty));
  }
}

/** What the view is made of. */
export const elements = { "threadline-calendar": CalendarView };
