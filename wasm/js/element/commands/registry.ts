/** Every command there is. To add one is to add an entry here and its title in the tables of words. */
import { strings } from "../common/strings.js";
import { exportConversation } from "../thread/export.js";
import { PLACES, VIEWS } from "../views.js";
import type { Stage, UiCommand } from "./command.js";

type Title = keyof typeof strings.commands;

/** A command named in `strings.commands`. */
function command(id: Title, rest: Omit<UiCommand, "id" | "title">): UiCommand {
  return { id, title: () => strings.commands[id], ...rest };
}

const inThread = ({ thread }: Stage): boolean => thread?.header !== undefined;
/** A viewer reads; everybody else also writes. */
const mayWrite = (stage: Stage): boolean =>
  inThread(stage) && stage.desk.client.member?.role !== "viewer";

/** The commands that every view has, in the order of the lists. */
const COMMANDS: readonly UiCommand[] = [
  command("reply", {
    icon: "reply",
    group: "conversation",
    keys: "r",
    enabled: mayWrite,
    run: ({ thread }) => thread?.write("reply"),
  }),
  command("note", {
    icon: "note",
    group: "conversation",
    keys: "n",
    enabled: mayWrite,
    run: ({ thread }) => thread?.write("note"),
  }),
  command("task", {
    icon: "task",
    bar: () => strings.thread.newTask,
    group: "conversation",
    keys: "t",
    enabled: mayWrite,
    run: ({ thread }) => thread?.start("task"),
  }),
  command("topic", {
    icon: "topic",
    bar: () => strings.thread.newTopic,
    group: "conversation",
    keys: "c",
    enabled: mayWrite,
    run: ({ thread }) => thread?.start("topic"),
  }),
  command("appointment", {
    icon: "calendar",
    bar: () => strings.thread.newAppointment,
    group: "conversation",
    keys: "m",
    enabled: mayWrite,
    run: ({ thread }) => thread?.start("appointment"),
  }),
  command("close", {
    icon: "check",
    group: "conversation",
    keys: "e",
    enabled: mayWrite,
    run: ({ thread }) => thread?.toggleClosed(),
  }),
  command("assign", {
    icon: "user",
    group: "conversation",
    keys: "a",
    enabled: mayWrite,
    run: ({ thread }) => thread?.chooseOwner(),
  }),
  command("snooze", {
    icon: "clock",
    group: "conversation",
    keys: "s",
    enabled: mayWrite,
    run: ({ thread }) => thread?.chooseSnooze(),
  }),
  command("star", {
    icon: "star",
    group: "conversation",
    keys: "*",
    enabled: mayWrite,
    run: ({ thread }) => thread?.toggleStar(),
  }),
  command("unread", {
    icon: "email",
    group: "conversation",
    keys: "u",
    enabled: mayWrite,
    run: ({ thread }) => thread?.markUnread(),
  }),
  command("call", {
    icon: "call",
    group: "conversation",
    enabled: mayWrite,
    run: ({ thread }) => thread?.start("call"),
  }),
  command("history", {
    icon: "history",
    group: "conversation",
    enabled: inThread,
    run: ({ toggle }) => toggle("history"),
  }),
  command("export", {
    icon: "download",
    group: "conversation",
    enabled: inThread,
    run: ({ desk, thread }) => {
      if (thread?.header) void exportConversation(desk, thread.header.id);
    },
  }),
  command("next", {
    icon: "down",
    group: "move",
    keys: "j",
    enabled: ({ current }) => current?.move !== undefined,
    run: ({ current }) => current?.move?.(1),
  }),
  command("previous", {
    icon: "up",
    group: "move",
    keys: "k",
    enabled: ({ current }) => current?.move !== undefined,
    run: ({ current }) => current?.move?.(-1),
  }),
  command("open", {
    icon: "check",
    group: "move",
    keys: "Enter",
    enabled: ({ current }) => current?.openActive !== undefined,
    run: ({ current }) => current?.openActive?.(),
  }),
  command("search", {
    icon: "search",
    group: "move",
    keys: "/",
    enabled: ({ current }) => current?.focusSearch !== undefined,
    run: ({ current }) => current?.focusSearch?.(),
  }),
  command("back", { icon: "back", group: "move", keys: "Escape", run: ({ back }) => back() }),
  command("compose", {
    icon: "plus",
    group: "widget",
    enabled: ({ desk }) => desk.client.member?.role !== "viewer",
    run: ({ toggle }) => toggle("compose"),
  }),
  command("sync", { icon: "synced", group: "widget", run: ({ toggle }) => toggle("sync") }),
  command("notices", {
    icon: "bell",
    group: "widget",
    keys: "g n",
    run: ({ toggle }) => toggle("notices"),
  }),
  command("palette", {
    icon: "command",
    group: "widget",
    keys: "Mod+k",
    run: ({ toggle }) => toggle("palette"),
  }),
  command("help", {
    icon: "help",
    group: "widget",
    keys: "?",
    run: ({ toggle }) => toggle("help"),
  }),
];

/** The commands of the moment. */
export class Commands {
  /** `stage` gives what they act on; nothing before the widget has started. */
  constructor(private readonly stage: () => Stage | undefined) {}

  /** All that can be done now. */
  available(): UiCommand[] {
    const stage = this.stage();
    if (!stage) return [];
    return this.all(stage).filter(({ enabled }) => enabled?.(stage) ?? true);
  }

  /** Does what a command says, by its id or its keys. False where there is nothing to do. */
  run(what: { id: string } | { keys: string }): boolean {
    const stage = this.stage();
    const found = this.available().find((each) =>
      "id" in what ? each.id === what.id : each.keys === what.keys,
    );
    return stage !== undefined && found !== undefined && found.run(stage) !== false;
  }

  private all(stage: Stage): UiCommand[] {
    const places = stage.navigates ? PLACES : [];
    const views = places.map((view): UiCommand => {
      const { icon, keys } = VIEWS[view];
      const title = (): string => strings.goTo(strings.views[view]);
      return { id: `go-${view}`, title, icon, keys, group: "go", run: ({ go }) => go(view) };
    });
    // What a view has of its own comes first, so that it may give a key another meaning there.
    return [...(stage.current?.commands ?? []), ...COMMANDS, ...views];
  }
}
