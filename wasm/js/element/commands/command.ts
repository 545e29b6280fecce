/** What a person can ask the widget for. Keys, palette and menus all read the same commands. */
import type { Desk } from "../common/desk.js";
import type { IconName } from "../common/icons.js";
import type { PanelName } from "../panels.js";
import type { ThreadView } from "../thread/thread-view.js";
import type { ViewName } from "../views.js";

/** Where a command stands in lists: those that move, that act on the conversation, that concern the widget. */
export type CommandGroup = "go" | "move" | "conversation" | "widget";

/** One thing a person can ask for. */
export interface UiCommand {
  /** Stable, such as `reply` or `go-tasks`. */
  id: string;
  /** What it does, in the language of the moment. */
  title: () => string;
  icon: IconName;
  /** The word on its button in the quick actions of a thread; commands without one are in its menu. */
  bar?: () => string;
  group: CommandGroup;
  /** A key as `KeyboardEvent.key` names it; `g t` is one after the other, `Mod+k` is with Ctrl or ⌘. */
  keys?: string;
  /** Whether it can be done now; what cannot is not offered and its key does nothing. */
  enabled?: (stage: Stage) => boolean;
  /** Does it. `false` says that there was nothing to do, and leaves the key to others. */
  run: (stage: Stage) => unknown;
}

/** What a view may offer to the commands. All of it is optional: what is missing is not offered. */
export interface ViewElement extends HTMLElement {
  /** Moves the keyboard's row. */
  move?(by: 1 | -1): void;
  /** Opens the keyboard's row. */
  openActive?(): void;
  focusSearch?(): void;
  /** One step back inside the view; false when there is none. */
  back?(): boolean;
  /** Commands that only this view has. */
  readonly commands?: readonly UiCommand[];
}

/** What commands act on: the widget as it stands. */
export interface Stage {
  readonly desk: Desk;
  readonly view: ViewName;
  /** The view on the screen, once it is drawn. */
  readonly current: ViewElement | undefined;
  /** The conversation on the screen, once it is loaded. */
  readonly thread: ThreadView | undefined;
  /** Whether there are ways to other views. */
  readonly navigates: boolean;
  /** Goes to a view. */
  readonly go: (view: ViewName) => void;
  /** Opens a panel, or closes it when it is open. */
  readonly toggle: (panel: PanelName) => void;
  /** One step back: the panel, what is open in the view, the view. */
  readonly back: () => boolean;
}
