import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../common/desk.js";
import { ago, avatar, momentText } from "../common/format.js";
import { icon, labelledIcon } from "../common/icons.js";
import { strings } from "../common/strings.js";
import type { InboxRow } from "../common/types.js";

/** Tags a row has room for. */
const TAGS = 1;

/** The inside of one row of the list. It holds nothing that takes the focus: the row is one option. */
export function rowContent(row: InboxRow, desk: Desk, selected: boolean): TemplateResult {
  const name = row.name || strings.unknown;
  // A snooze that is over says nothing any more.
  const snoozed = (row.snoozedUntil ?? 0) > Date.now() ? row.snoozedUntil : undefined;
  const urgent = row.priority === "high" || row.priority === "critical";
  return html`
    <span class="pick">
      ${selected ? html`<span class="avatar picked">${icon("check")}</span>` : avatar(name, row.contact ?? row.id)}
    </span>
    <span class="body">
      <span class="line">
        <span class="name clip" dir="auto">${name}</span>
        ${row.company ? html`<span class="company faint small clip" dir="auto">${row.company}</span>` : nothing}
        <span class="grow"></span>
        ${row.waiting ? labelledIcon("syncing", strings.rowWaiting) : nothing}
        ${
          row.conflicted
            ? html`<span class="warn">${labelledIcon("conflict", strings.rowConflict)}</span>`
            : nothing
        }
        ${row.starred.includes(desk.me) ? html`<span class="star">${labelledIcon("star", strings.rowStarred)}</span>` : nothing}
        ${row.stuck > 0 ? html`<span class="critical">${labelledIcon("alert", strings.rowStuck)}</span>` : nothing}
        ${row.important ? html`<span class="warn">${labelledIcon("important", strings.rowImportant)}</span>` : nothing}
        ${
          urgent
            ? html`<span class=${row.priority}>
                ${labelledIcon("flag", strings.priorities[row.priority])}
              </span>`
            : nothing
        }
        ${
          snoozed
            ? html`<span class="time small" title=${strings.rowSnoozed(momentText(snoozed))}>
                ${icon("clock")} ${momentText(snoozed)}
              </span>`
            : html`<span
                class="time small"
                title=${row.awaiting ? strings.rowAwaiting(momentText(row.awaiting)) : nothing}
                >${ago(row.at)}</span
              >`
        }
      </span>
      <span class="line">
        ${
          row.channel
            ? html`<span class="faint">
                ${labelledIcon(row.channel, strings.channels[row.channel])}
              </span>`
            : nothing
        }
        <span class="subject clip grow" dir="auto">${row.subject || lastLine(row, desk)}</span>
        ${
          row.unread > 0
            ? html`<span class="badge" role="img" aria-label=${strings.unread(row.unread)}>
                ${row.unread > 99 ? "99+" : row.unread}
              </span>`
            : nothing
        }
      </span>
      <span class="line last">
        <span class="faint clip grow" dir="auto"
          >${row.subject ? lastLine(row, desk) : nothing}</span
        >
        ${row.tags.slice(0, TAGS).map((tag) => html`<span class="chip tag">${tag}</span>`)}
        ${
          row.tags.length > TAGS
            ? html`<span class="faint small">+${row.tags.length - TAGS}</span>`
            : nothing
        }
        ${
          row.tasks.length > 0
            ? html`<span class="chip" title=${strings.openTasks(row.tasks.length)}>
                ${icon("task")}<span class="unseen">${strings.openTasks(row.tasks.length)}</span>
                <span aria-hidden="true">${row.tasks.length}</span>
              </span>`
            : nothing
        }
        ${
          row.owner
            ? html`<span title=${strings.ownedBy(desk.nameOf(row.owner))}>
                ${avatar(desk.nameOf(row.owner), row.owner, "tiny")}
                <span class="unseen">${strings.ownedBy(desk.nameOf(row.owner))}</span>
              </span>`
            : nothing
        }
      </span>
    </span>
  `;
}

/** Who did what last, on one line. */
function lastLine(row: InboxRow, desk: Desk): string {
  const { last } = row;
  if (!last) return "";
  const by = last.by === desk.me ? strings.you : last.by ? desk.nameOf(last.by) : "";
  const kinds = {
    interaction: by,
    note: `${strings.notePrefix} (${by})`,
    task: strings.taskPrefix,
    topic: strings.topicPrefix,
    appointment: strings.appointmentPrefix,
    // Lies in the contact and is never the last thing on a timeline.
    opportunity: by,
    activity: by,
  };
  const prefix = kinds[last.kind];
  // A call, or a message of files alone, has no words of its own: its channel says what it was.
  const wordless = last.kind === "interaction" && row.channel;
  const text = last.text || (wordless ? strings.channels[wordless] : "");
  return prefix ? `${prefix}: ${text}` : text;
}
