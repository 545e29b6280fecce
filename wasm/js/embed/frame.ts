import type { ThreadlineInbox } from "../define.js";

/** The attributes that the page's address, and later the parent's messages, may set. */
export const ATTRIBUTES = [
  "endpoint",
  "workspace",
  "view",
  "conversation",
  "contact",
  "theme",
  "locale",
  "density",
  "navigation",
  "shortcuts",
  "offline",
] as const;

/** The element's events, all told to the parent. */
export const EVENTS = [
  "threadline-ready",
  "threadline-error",
  "threadline-auth-expired",
  "threadline-unread-change",
  "threadline-view-change",
  "threadline-conversation-select",
  "threadline-before-send",
  "threadline-sync-state",
  "threadline-notification",
  "threadline-conflict",
] as const;

/** How long the parent may take to answer before it is asked again, in milliseconds. */
const ASK_AGAIN_MS = 1_000;

/** What the parent may say. Whatever else it says is none of our business. */
export type FromParent =
  | { type: "threadline-token"; token: string }
  /** `null` takes an attribute away. */
  | { type: "threadline-attributes"; attributes: Record<string, string | null> };

/** What the parent hears. */
export type ToParent =
  /** A token is wanted: at the start, and whenever one is about to end. */
  | { type: "threadline-token-request" }
  /** An event of the element. It can not be cancelled from outside. */
  | { type: "threadline-event"; event: (typeof EVENTS)[number]; detail: unknown };

/**
 * The parent's origin as the address names it.
 *
 * It has to be exact, because tokens are asked for and events are told there and nowhere else. That
 * it may show this page at all is for the server to say, by the `frame-ancestors` of its policy.
 * @throws Error when the address names none
 */
export function parentOf(query: URLSearchParams): string {
  const parent = query.get("parent") ?? "";
  if (URL.canParse(parent) && new URL(parent).origin === parent) return parent;
  throw new Error(
    "The address must name the parent's exact origin, as in ?parent=https://shop.example",
  );
}

/** Puts what the address says on the element, and ties it to the parent. */
export function connect(
  inbox: ThreadlineInbox,
  query: URLSearchParams,
  { page, parent, origin }: { page: Window; parent: Window; origin: string },
): void {
  const tell = (message: ToParent): void => parent.postMessage(message, origin);
  let answer: ((token: string) => void) | undefined;
  let asking: ReturnType<typeof setInterval> | undefined;

  const set = (name: string, value: string | null): void => {
    if (!(ATTRIBUTES as readonly string[]).includes(name)) return;
    if (value === null) inbox.removeAttribute(name);
    else inbox.setAttribute(name, value);
  };

  page.addEventListener("message", ({ source, origin: from, data }: MessageEvent<unknown>) => {
    if (source !== parent || from !== origin || !isFromParent(data)) return;
    if (data.type === "threadline-token") {
      clearInterval(asking);
      answer?.(data.token);
    } else {
      for (const [name, value] of Object.entries(data.attributes)) set(name, value);
    }
  });

  for (const event of EVENTS) {
    inbox.addEventListener(event, ({ detail }: CustomEventInit<unknown>) => {
      tell({ type: "threadline-event", event, detail });
    });
  }

  inbox.tokenProvider = () => {
    const ask = (): void => tell({ type: "threadline-token-request" });
    // A parent that is still loading does not hear the first time.
    clearInterval(asking);
    asking = setInterval(ask, ASK_AGAIN_MS);
    ask();
    return new Promise((resolve) => (answer = resolve));
  };
  for (const [name, value] of query) set(name, value);
}

function isFromParent(data: unknown): data is FromParent {
  if (typeof data !== "object" || data === null) return false;
  const { type, token, attributes } = data as Partial<Record<string, unknown>>;
  if (type === "threadline-token") return typeof token === "string";
  return (
    type === "threadline-attributes" &&
    typeof attributes === "object" &&
    attributes !== null &&
    Object.values(attributes).every((value) => value === null || typeof value === "string")
  );
}
