/** The keyboard, in one table that both the handler and the help read. */
import { strings } from "./strings.js";

/** What a key can ask for. */
export type KeyAction = keyof typeof strings.help.keys;

/** Which keys do what. A space means: one after the other. */
export const KEYS: readonly [keys: string, action: KeyAction][] = [
  ["j", "next"],
  ["k", "previous"],
  ["Enter", "open"],
  ["r", "reply"],
  ["n", "note"],
  ["t", "task"],
  ["c", "topic"],
  ["e", "close"],
  ["a", "assign"],
  ["/", "search"],
  ["g i", "inbox"],
  ["Escape", "back"],
  ["?", "help"],
];

/** The first key of a pair counts for this long, in milliseconds. */
const PAIR_MS = 1_000;

/** Turns key presses into actions, for keys pressed inside the widget only. */
export class Keyboard {
  private first = "";
  private firstAt = 0;

  /** `act` returns whether the action did something; only then the press is used up. */
  constructor(private readonly act: (action: KeyAction) => boolean) {}

  readonly handle = (event: KeyboardEvent): void => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // The note editor marks every Escape as used, although it does nothing with it.
    if (event.defaultPrevented && key !== "Escape") return;
    // A key that types, or presses the button it is on, keeps its meaning there.
    if (key !== "Escape" && isTyping(event)) return;
    if (key === "Enter" && isControl(event)) return;
    const pair = Date.now() - this.firstAt < PAIR_MS ? `${this.first} ${key}` : "";
    this.first = key;
    this.firstAt = Date.now();
    const action = KEYS.find(([keys]) => keys === pair) ?? KEYS.find(([keys]) => keys === key);
    if (action && this.act(action[1])) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}

/** Where the event began, also inside shadow roots. */
function origin(event: Event): Element | undefined {
  const [target] = event.composedPath();
  return target instanceof Element ? target : undefined;
}

function isTyping(event: Event): boolean {
  const target = origin(event);
  return (
    !!target?.matches("input, textarea, select") ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

function isControl(event: Event): boolean {
  return !!origin(event)?.matches("button, a, summary");
}
