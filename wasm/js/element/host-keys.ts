import { isTyping } from "./commands/keys.js";

/**
 * Keeps what is typed inside from the page around: beyond the shadow root a letter of a note looks
 * as if it had been pressed on the page itself, and many a site has shortcuts of one letter. So
 * does a letter that could be a shortcut of the widget's own, unless `shortcuts` says that it has
 * none. Keys that type nothing, and those with Ctrl, Alt or Meta, stay the host's, too.
 */
export function keepTyping(element: HTMLElement, shortcuts: () => boolean): void {
  const keep = (event: KeyboardEvent): void => {
    const { key, ctrlKey, altKey, metaKey } = event;
    if (key.length !== 1 || ctrlKey || altKey || metaKey) return;
    if (shortcuts() || isTyping(event)) event.stopPropagation();
  };
  for (const type of ["keydown", "keypress", "keyup"] as const) {
    element.addEventListener(type, keep);
  }
}
