import type { RichText, Span, TextEdit } from "../editor/rich-text.js";
import type { Run } from "./engine.js";

/** The text of one note, as the editor wants it. */
export class NoteText implements RichText {
  constructor(
    private readonly run: Run,
    private readonly conversation: string,
    private readonly note: string,
  ) {}

  spans(): Span[] {
    // Absent fields of a block are an input's; the core writes them all.
    return this.run((replica) => replica.spans(this.conversation, this.note)) as Span[];
  }

  edit(edits: TextEdit[]): void {
    this.run((replica, now) => replica.edit(this.conversation, this.note, edits, now));
  }

  commit(): void {
    this.run((replica, now) => replica.commit(now));
  }

  cursor(at: number): string {
    return this.run((replica) => replica.cursor(this.conversation, this.note, at));
  }

  position(cursor: string): number | null {
    return this.run((replica) => replica.position(this.conversation, this.note, cursor)) ?? null;
  }
}
