/** Turns key presses inside the widget into commands. */
import type { Commands } from "./registry.js";

/** The first key of a pair counts for this long, in milliseconds. */
const PAIR_MS = 1_500;

/** The keyboard. Keys pressed elsewhere on the page never reach it. */
export class Keyboard {
  private first = "";
  private firstAt = 0;

  /** `active` tells whether keys mean anything at the moment; Escape always does. */
  constructor(
    private readonly commands: Pick<Commands, "run">,
    private readonly active: () => boolean = () => true,
  ) {}

  readonly handle = (event: KeyboardEvent): void => {
    if (event.altKey || event.isComposing) return;
    const mod = event.ctrlKey || event.metaKey;
    const key = mod ? `Mod+${letter(event)}` : letter(event);
    if (key !== "Escape" && !this.active()) return;
    // The note editor marks every Escape as used, although it does nothing with it.
    if (event.defaultPrevented && key !== "Escape") return;
    // A key that types, or presses the button it is on, keeps its meaning there.
    if (!mod && key !== "Escape" && isTyping(event)) return;
    if (key === "Enter" && isControl(event)) return;
    // When it was pressed, not when a page with much to do came to it.
    const { timeStamp } = event;
    const pair = timeStamp - this.firstAt < PAIR_MS ? `${this.first} ${key}` : "";
    this.first = key;
    this.firstAt = timeStamp;
    const run = (keys: string): boolean => keys !== "" && this.commands.run({ keys });
    if (!run(pair) && !run(key)) return;
    this.first = "";
    event.preventDefault();
    event.stopPropagation();
  };
}

/** The key's name; on a keyboard of another script, the Latin letter that is printed beside. */
function letter({ key, code }: KeyboardEvent): string {
  const latin = /^Key([A-Z])$/.exec(code)?.[1];
  return latin && key.length === 1 && key > "\x7f" ? latin.toLowerCase() : key;
}

/** Where the event began, also inside shadow roots. */
function origin(event: Event): Element | undefined {
  const [target] = event.composedPath();
  return target instanceof Element ? target : undefined;
}

/** Whether what is pressed becomes text, or chooses in a list. */
export function isTyping(event: Event): boolean {
  const target = origin(event);
  return (
    !!target?.matches("input, textarea, select") ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

function isControl(event: Event): boolean {
  return !!origin(event)?.matches("button, a, summary");
}
