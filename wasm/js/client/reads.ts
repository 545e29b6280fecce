import type { Engine } from "./engine.js";
import { flowRefusal } from "./wasm.js";
import type {
  Board,
  BoardQuery,
  CalendarEntry,
  CalendarQuery,
  ContactPage,
  ContactQuery,
  ConversationRow,
  Difference,
  Due,
  DueAsk,
  Duplicate,
  Engagement,
  Identity,
  Moment,
  Notice,
  PastView,
  Refusal,
  Rendered,
  Route,
  Span,
  TaskPage,
  TaskQuery,
  TopicPage,
  TopicQuery,
  WorkspaceView,
} from "./wasm.js";

/**
 * What a client answers beyond the inbox and the open conversations. All of it is synchronous, works
 * offline, and costs no document in memory; ask again after a `rows` event, and for the settings
 * after a `changed` event about the document `workspace`.
 */
export class Reads {
  constructor(private readonly engine: Engine) {}

  /** The workspace's rules and lists; the start values until they came for the first time. */
  settings(): WorkspaceView {
    return this.engine.run((replica) => replica.workspace());
  }

  /** The list of tasks. */
  tasks(query: TaskQuery): TaskPage {
    return this.engine.run((replica, now) => replica.tasks({ now, ...query }));
  }

  /** The log of topics. */
  topics(query: TopicQuery): TopicPage {
    return this.engine.run((replica) => replica.topics(query));
  }

  /** The list of contacts, aliases left out. */
  contacts(query: ContactQuery): ContactPage {
    return this.engine.run((replica) => replica.contacts(query));
  }

  /** How much is exchanged with a contact, and how fast the team answers. */
  engagement(contact: string): Engagement {
    return this.engine.run((replica, now) => replica.engagement(contact, now));
  }

  /** Every moment of an open conversation, oldest first. */
  moments(conversation: string): Moment[] {
    return this.engine.run((replica) => replica.moments(conversation));
  }

  /**
   * An open conversation as it was at a moment, with the newest `limit` of its items.
   * @throws `not_found` for a moment it never had
   */
  past(conversation: string, moment: string, limit: number): PastView {
    return this.engine.run((replica) => replica.past(conversation, moment, { limit }));
  }

  /** What happened in an open conversation after one moment and up to another, in the order of time. */
  between(conversation: string, from: string, to: string): Difference[] {
    return this.engine.run((replica) => replica.between(conversation, from, to));
  }

  /** Contacts that may be the same person as this one. */
  duplicates(contact: string): Duplicate[] {
    return this.engine.run((replica) => replica.duplicates(contact));
  }

  /** Appointments and due tasks of a stretch of time, in its order. */
  calendar(query: CalendarQuery): CalendarEntry[] {
    return this.engine.run((replica) => replica.calendar(query));
  }

  /** The board of opportunities. */
  board(query: BoardQuery): Board {
    return this.engine.run((replica) => replica.board(query));
  }

  /** Where a new message to a contact goes, and what begins that conversation if it has not begun. */
  route(contact: string): Route {
    return this.engine.run((replica) => replica.route(contact));
  }

  /** Where a new message to an address goes, whether a contact has it or not. */
  routeTo(identity: Identity): Route {
    return this.engine.run((replica) => replica.routeTo(identity));
  }

  /** Unlinked conversations with the contact's addresses, newest first. */
  unlinkedOf(contact: string): ConversationRow[] {
    return this.engine.run((replica) => replica.unlinkedOf(contact));
  }

  /** The moments at which the text of an open conversation's note changed, oldest first. */
  noteVersions(conversation: string, note: string): Moment[] {
    return this.engine.run((replica) => replica.noteVersions(conversation, note));
  }

  /** A note's text as it was at a moment. */
  noteAt(conversation: string, note: string, hash: string): Span[] {
    return this.engine.run((replica) => replica.noteAt(conversation, note, hash));
  }

  /** A template with what is known of an open conversation filled in; the rest stays as `{{…}}`. */
  renderTemplate(conversation: string, template: string): Rendered {
    return this.engine.run((replica) => replica.renderTemplate(conversation, template));
  }

  /** What wants the member's attention, newest first. */
  notifications(): Notice[] {
    return this.engine.run((replica, now) => replica.notifications(now));
  }

  /** A due date relative to a moment, by the workspace's business hours and zone. */
  relativeDue(ask: DueAsk): Due {
    return this.engine.run((replica) => replica.relativeDue(ask));
  }

  /**
   * Why a run of a flow did nothing, from the new value in its activity `run_flow`; null where it did
   * all of its actions.
   */
  flowRefusal(run: string): Refusal | null {
    return flowRefusal(run);
  }
}
