/** What happens to the page a client lives in. */
export interface PageEvents {
  /** The page is out of sight, and may never be heard of again. */
  hidden(): void;
  /** The page is looked at again. */
  shown(): void;
  /** The page is left for good. */
  left(): void;
}

/** Tells what happens to the page, until the signal is aborted; nothing where there is no page. */
export function watchPage(events: PageEvents, signal: AbortSignal): void {
  globalThis.document?.addEventListener(
    "visibilitychange",
    () => (document.visibilityState === "hidden" ? events.hidden() : events.shown()),
    { signal },
  );
  globalThis.addEventListener?.(
    "pagehide",
    // A page that may come back keeps its session.
    (event) => (event.persisted ? events.hidden() : events.left()),
    { signal },
  );
}
