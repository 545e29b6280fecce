/** Parts of the widget that are loaded when they are first needed. */
import { html } from "lit";
import { AsyncDirective, directive } from "lit/async-directive.js";
import { blank } from "./blank.js";
import { skeleton, SKELETON_AFTER_MS } from "./skeleton.js";
import { strings } from "./strings.js";

/** Custom elements by their tag. */
export type Elements = Readonly<Record<string, CustomElementConstructor>>;

/** Registers elements; one that another copy of the widget has registered stays. */
export function define(elements: Elements): void {
  for (const [tag, element] of Object.entries(elements)) {
    if (!customElements.get(tag)) customElements.define(tag, element);
  }
}

/** A module that brings elements, and whether they are here. */
export interface Chunk {
  readonly loaded: boolean;
  /** Loads it once; after a failure it can be tried again. */
  load(): Promise<void>;
}

/** Every chunk that the modules so far have declared. */
const declared = new Set<Chunk>();
let ahead: Promise<void> | undefined;

/**
 * Loads all chunks, one after the other while the page has nothing to do: what was never opened must
 * work without a network, too. Stops at one that cannot be loaded; then it can be called again.
 */
export function loadAhead(): Promise<void> {
  const load = async (): Promise<void> => {
    // Chunks that are declared by chunks join the line.
    for (const each of declared) {
      if (each.loaded) continue;
      await new Promise<unknown>((resolve) => idle(resolve));
      await each.load();
    }
  };
  return (ahead ??= load().finally(() => (ahead = undefined)));
}

/** A browser that does not tell when it has nothing to do is given some time. */
const idle = (run: (value?: unknown) => void): unknown =>
  "requestIdleCallback" in globalThis ? requestIdleCallback(run) : setTimeout(run, 200);

/** A chunk from an `import()` of a module that exports its `elements`. */
export function chunk(load: () => Promise<{ elements: Elements }>): Chunk {
  let loading: Promise<void> | undefined;
  const made: Chunk = {
    loaded: false,
    load() {
      return (loading ??= load().then(
        ({ elements }) => {
          define(elements);
          Object.assign(this, { loaded: true });
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      ));
    },
  };
  declared.add(made);
  return made;
}

class Lazy extends AsyncDirective {
  private chunk: Chunk | undefined;
  private content: unknown;
  private wait: "short" | "long" | "failed" = "short";

  override render(chunk: Chunk, content: unknown): unknown {
    this.content = content;
    if (chunk !== this.chunk) {
      this.chunk = chunk;
      if (!chunk.loaded) this.load(chunk);
    }
    return this.shown(chunk);
  }

  private shown(chunk: Chunk): unknown {
    if (chunk.loaded) return this.content;
    if (this.wait === "long") return skeleton();
    if (this.wait === "short") return undefined;
    const again = html`<button @click=${() => this.load(chunk)}>${strings.retry}</button>`;
    return blank("alert", strings.errors.chunk, again);
  }

  private load(chunk: Chunk): void {
    const show = (wait: Lazy["wait"]): void => {
      if (this.chunk !== chunk) return;
      this.wait = wait;
      this.setValue(this.shown(chunk));
    };
    this.wait = "short";
    const timer = setTimeout(() => show("long"), SKELETON_AFTER_MS);
    chunk
      .load()
      .then(
        () => show("short"),
        () => show("failed"),
      )
      .finally(() => clearTimeout(timer));
  }
}

/**
 * What a chunk's elements show: nothing for a blink, then a skeleton, then the content; when it cannot
 * be loaded, a sentence and a way to try again.
 */
export const lazy = directive(Lazy);
