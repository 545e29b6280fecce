import { nothing } from "lit";
import { blank } from "../common/blank.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { contacts as words } from "../strings/en/contacts.js";
import { base } from "../styles/base.css.js";

/** The people who write to the team. */
export class ContactsView extends Part {
  static override styles = [base, viewStyles];

  protected override render(): unknown {
    if (!this.desk) return nothing;
    return viewFrame(strings.views.contacts, nothing, blank("contacts", words().empty));
  }
}

/** What the view is made of. */
export const elements = { "threadline-contacts": ContactsView };
