/** What is planned, logged and talked about with a contact: sections of the profile, from the rows. */
import { html, nothing, type TemplateResult } from "lit";
import { choiceText } from "../common/choices.js";
import type { Desk } from "../common/desk.js";
import { ago, dayText, overTime, timeText } from "../common/format.js";
import { icon, type IconName } from "../common/icons.js";
import { strings } from "../common/strings.js";
import type {
  AppointmentMark,
  ConversationRow,
  OpportunityMark,
  TaskMark,
  TopicMark,
} from "../common/types.js";
import { moneyText } from "../opportunity/money.js";
import { stageName } from "../opportunity/stages.js";
import { pipeline as pipelineWords } from "../strings/en/pipeline.js";
import { profile as words } from "../strings/en/profile.js";
import { dueText, overdueText } from "../task/due.js";

/** A section with a list of things, or a word where there are none. */
function section(
  title: string,
  none: string,
  things: TemplateResult[],
  tool: unknown = nothing,
): TemplateResult {
  return html`<section>
    <h3 class="line"><span class="grow">${title}</span>${tool}</h3>
    ${
      things.length === 0
        ? html`<p class="faint">${none}</p>`
        : html`<ul class="things">
            ${things}
          </ul>`
    }
  </section>`;
}

function thing(
  look: IconName,
  title: unknown,
  detail: unknown,
  state: "open" | "done" | "" = "",
): TemplateResult {
  return html`<li class=${state}>
    ${icon(look)}
    <div>
      <p dir="auto">${title}</p>
      <p class="faint small">${detail}</p>
    </div>
  </li>`;
}

/** Something that leads to its conversation; plain text where that is the one on the screen. */
function leading(
  desk: Desk,
  conversation: string,
  shown: string | undefined,
  text: string,
): unknown {
  if (conversation === shown) return text;
  return html`<button class="link" dir="auto" @click=${() => desk.show(conversation)}>
    ${text}
  </button>`;
}

/** The rows' marks of one kind, each with its conversation. */
function marks<T>(
  rows: ConversationRow[],
  of: (row: ConversationRow) => T[],
): { conversation: string; mark: T }[] {
  return rows.flatMap((row) => of(row).map((mark) => ({ conversation: row.id, mark })));
}

/** The tasks of all conversations: unfinished ones first, the earliest due first. */
export function taskSection(
  desk: Desk,
  rows: ConversationRow[],
  shown: string | undefined,
): TemplateResult {
  const over = ({ status }: TaskMark): number =>
    Number(status === "done" || status === "cancelled");
  const tasks = marks(rows, ({ tasks }) => tasks).sort(
    ({ mark: a }, { mark: b }) =>
      over(a) - over(b) || (a.due?.at ?? Infinity) - (b.due?.at ?? Infinity) || a.at - b.at,
  );
  const due = ({ due }: TaskMark): unknown =>
    due &&
    html` ·
      <span class=${due.at < Date.now() ? "overdue" : ""}
        >${overTime((now: number) =>
          due.at < now ? overdueText(due, now) : dueText(due, now),
        )}</span
      >`;
  return section(
    strings.profile.tasks,
    strings.profile.noTasks,
    tasks.map(({ conversation, mark }) =>
      thing(
        mark.status === "done" ? "checkCircle" : "task",
        leading(desk, conversation, shown, mark.title),
        over(mark)
          ? strings.taskStatus[mark.status]
          : html`${desk.assigneeName(mark.assignee)}${due(mark)}`,
        over(mark) ? "done" : "open",
      ),
    ),
  );
}

/** The topics of all conversations, the latest first. */
export function topicSection(
  desk: Desk,
  rows: ConversationRow[],
  shown: string | undefined,
): TemplateResult {
  const { purposes } = desk.client.reads.settings();
  const topics = marks(rows, ({ topics }): TopicMark[] => topics).sort(
    ({ mark: a }, { mark: b }) => b.start - a.start,
  );
  return section(
    strings.profile.topics,
    strings.topic.none,
    topics.map(({ conversation, mark }) =>
      thing(
        "topic",
        leading(desk, conversation, shown, mark.subject),
        html`${choiceText(purposes, mark.purpose, strings.purposes)} ·
        ${strings.topicStatus[mark.status]}`,
      ),
    ),
  );
}

/** The appointments of all conversations, the latest first. */
export function appointmentSection(
  desk: Desk,
  rows: ConversationRow[],
  shown: string | undefined,
): TemplateResult {
  const appointments = marks(rows, ({ appointments }): AppointmentMark[] => appointments).sort(
    ({ mark: a }, { mark: b }) => b.when.start - a.when.start,
  );
  return section(
    words().appointments,
    words().noAppointments,
    appointments.map(({ conversation, mark: { title, when, status, organiser } }) =>
      thing(
        "calendar",
        leading(desk, conversation, shown, title),
        html`${overTime((now: number) => dayText(when.start, now))}, ${timeText(when.start)} ·
        ${desk.nameOf(organiser)}`,
        status === "scheduled" ? "open" : "done",
      ),
    ),
  );
}

/** The deals of a contact. */
export function opportunitySection(
  desk: Desk,
  deals: OpportunityMark[],
  open: (opportunity: string | undefined) => void,
): TemplateResult {
  const settings = desk.client.reads.settings();
  const add = html`<button
    class="plain icon-only"
    aria-label=${pipelineWords().new}
    title=${pipelineWords().new}
    @click=${() => open(undefined)}
  >
    ${icon("plus")}
  </button>`;
  return section(
    pipelineWords().opportunities,
    pipelineWords().none,
    deals.map(({ id, title, stage, value, status }) =>
      thing(
        "pipeline",
        html`<button class="link" dir="auto" @click=${() => open(id)}>${title}</button>`,
        html`${moneyText(value)} ·
        ${status === "open" ? stageName(settings, stage) : pipelineWords().status[status]}`,
        status === "open" ? "open" : "done",
      ),
    ),
    add,
  );
}

/** The other conversations of a contact, the newest first. */
export function conversationSection(
  desk: Desk,
  rows: ConversationRow[],
  shown: string | undefined,
): TemplateResult | typeof nothing {
  const others = rows.filter(({ id }) => id !== shown);
  if (others.length === 0) return nothing;
  return section(
    words().conversations,
    "",
    others.map((row) =>
      thing(
        row.channel ?? "message",
        leading(desk, row.id, shown, row.subject || row.last?.text || words().untitled),
        html`${strings.conversationStatus[row.status]} · ${ago(row.at)}`,
      ),
    ),
  );
}
