import type { Code } from "./wasm.js";

/**
 * What this package throws when something is refused. The core throws errors of the same shape, so
 * tell them apart from others with {@link isThreadlineError}, not with `instanceof`.
 */
export class ThreadlineError extends Error {
  override readonly name = "ThreadlineError";

  /**
   * @param code stable: programs may compare it
   * @param message a sentence for a person
   * @param field the field concerned, by its name in the command, where there is one
   */
  constructor(
    readonly code: Code,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

/** Whether something that was thrown is a refusal of Threadline, with a stable `code`. */
export function isThreadlineError(error: unknown): error is ThreadlineError {
  return (
    error instanceof Error &&
    error.name === "ThreadlineError" &&
    "code" in error &&
    typeof error.code === "string"
  );
}

/** Whether something is a refusal as the core's effects carry it, which nobody threw. */
export function isRefusal(error: unknown): error is { code: string; text: string } {
  return typeof error === "object" && error !== null && "code" in error && "text" in error;
}
