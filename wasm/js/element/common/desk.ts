/** What all parts of one widget share: the client, who is who, and how an action is tried. */
import type { Commands } from "../commands/registry.js";
import type { Assignee, Client, Command, Member, Outcome, WorkspaceView } from "./types.js";
import { Drafts } from "../composer/drafts.js";
import { strings, translated } from "./strings.js";

/** A command that was not accepted: the sentence to show, and the field it belongs to. */
export interface Problem {
  code: string;
  message: string;
  /** The field's name in the command. */
  field?: string;
}

/** The member as whom the server itself writes, such as what a flow does; no directory has it. */
const SERVER = "threadline";

/** What became of a command. */
export type Attempt = { outcome: Outcome } | { problem: Problem };

/** A short message at the edge of the widget. */
export interface Notice {
  text: string;
  /** What can be done about it, such as taking it back. */
  action?: { label: string; run: () => void };
  /** Announced at once, and marked as trouble. */
  alert?: boolean;
}

/** Reads what the client throws. Anything but a refusal is a fault of ours and goes on. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Error && error.name === "ThreadlineError" && "code" in error) {
    const field = "field" in error && typeof error.field === "string" ? error.field : undefined;
    const code = String(error.code);
    return { code, message: refusalText(code, error.message), ...(field && { field }) };
  }
  throw error;
}

/** Why something was refused: in English the core's own sentence, which says more than the code. */
export function refusalText(code: string, text: string): string {
  const words: Record<string, string> = translated("refusals") ?? {};
  return words[code] ?? text;
}

/** What a desk asks of the widget it stands in. */
export interface DeskHost {
  /** What the person can do, by keys, palette and menus. */
  readonly commands: Commands;
  /** Shows a notice to the person. */
  notify(notice: Notice): void;
  /** Shows a conversation, from whichever view; the list for `undefined`. */
  show(conversation: string | undefined): void;
  /** Asks the host's page whether a reply may leave; false when it took that over. */
  maySend(reply: Reply): boolean;
}

/** A reply that is about to be queued. */
export type Reply = Extract<Command, { type: "send_message" }>;

export class Desk {
  /** What was typed and not sent. */
  readonly drafts: Drafts;

  constructor(
    readonly client: Client,
    private readonly host: DeskHost,
  ) {
    // On a first visit the server has yet to say who this is: each draft asks anew.
    this.drafts = new Drafts(() => `${client.workspace}:${this.me}`);
    client.addEventListener("changed", ({ detail }) => {
      if (detail.doc === "workspace") this.known = undefined;
    });
  }

  private known: WorkspaceView | undefined;

  /** The workspace's rules and lists. Kept until they change, because every row asks for names. */
  get settings(): WorkspaceView {
    return (this.known ??= this.client.reads.settings());
  }

  /** What the person can do, by keys, palette and menus. */
  get commands(): Commands {
    return this.host.commands;
  }

  /** Shows a notice to the person. */
  notify(notice: Notice): void {
    this.host.notify(notice);
  }

  /** Shows a conversation, from whichever view; the list for `undefined`. */
  show(conversation: string | undefined): void {
    this.host.show(conversation);
  }

  /** Asks the host's page whether a reply may leave; false when it took that over. */
  maySend(reply: Reply): boolean {
    return this.host.maySend(reply);
  }

  /** The id of the person at this desk. */
  get me(): string {
    return this.client.member?.id ?? "";
  }

  /** The members a conversation or task can belong to: people, not the server's own accounts. */
  get people(): Member[] {
    return this.client.members.filter((member) => member.role !== "service");
  }

  /** The teams that work can be given to, sorted: those of the settings and those of the host's tokens. */
  get teams(): string[] {
    const kept = this.settings.teams;
    const named = this.client.members.flatMap((member) => member.teams ?? []);
    const gone = new Set(kept.filter(({ archived }) => archived).map(({ id }) => id));
    const all = new Set([...kept.map(({ id }) => id), ...named]);
    return [...all].filter((id) => !gone.has(id)).sort();
  }

  /** A team's name; its id as a word where nobody gave it one. */
  teamName(id: string): string {
    return this.settings.teams.find((team) => team.id === id)?.name || teamName(id);
  }

  nameOf(member: string | undefined | null): string {
    if (!member) return strings.someone;
    if (member === SERVER) return "Threadline";
    return this.client.members.find(({ id }) => id === member)?.name ?? member;
  }

  assigneeName(assignee: Assignee | string | undefined | null): string {
    if (!assignee) return strings.nobody;
    const [kind, id = ""] = assignee.split(/:(.*)/s, 2);
    return kind === "team" ? strings.task.team(this.teamName(id)) : this.nameOf(id);
  }

  /** Applies a command and tells what became of it, for a form that shows the problem itself. */
  attempt(command: Command): Attempt {
    try {
      return { outcome: this.client.apply(command) };
    } catch (error) {
      return { problem: problemOf(error) };
    }
  }

  /** Applies a command; a refusal is shown as a notice. True when it was accepted. */
  run(command: Command): boolean {
    const attempt = this.attempt(command);
    if ("problem" in attempt) this.notify({ text: attempt.problem.message, alert: true });
    return "outcome" in attempt;
  }
}

/** A team's id as a name: the directory has no other yet. */
export function teamName(id: string): string {
  return id.charAt(0).toLocaleUpperCase() + id.slice(1).replaceAll(/[._-]/g, " ");
}
