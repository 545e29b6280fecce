/**
 * Keeps the focus inside when what has it goes away, such as a button that does its work: on the page
 * itself no key of the widget means anything.
 *
 * @param settle puts it where it belongs
 * @returns to be called before something else than a click or a key takes parts away
 */
export function keepFocus(element: HTMLElement, settle: () => void): () => void {
  const keep = (): void => {
    const held = focused(element);
    // It looks again when everything has been drawn.
    setTimeout(() => {
      if (held.checkVisibility()) return;
      // What is hidden loses the focus only with the next frame, and until then seems to have it.
      if (focused(element) === held && held instanceof HTMLElement) held.blur();
      if (document.activeElement === document.body) settle();
    });
  };
  // First of all handlers, while what has the focus is still there.
  element.addEventListener("click", keep, true);
  element.addEventListener("keydown", keep, true);
  return keep;
}

/** What has the focus inside, also inside shadow roots; the element itself where nothing has. */
function focused(element: HTMLElement): Element {
  let held: Element = element;
  while (held.shadowRoot?.activeElement) held = held.shadowRoot.activeElement;
  return held;
}
