// Interim: the shapes of ../../pkg/threadline.js until it is generated.
export type Code = string;
export interface Refusal {
  code: Code;
  text: string;
  field?: string;
}
export interface Member {
  id: string;
  name: string;
  role: string;
  teams: string[];
  available: boolean;
}
export type RowFilter = "open" | "mine" | "unassigned" | "unread" | "closed" | "all";
export interface RowQuery {
  filter: RowFilter;
  search: string;
  offset: number;
  limit: number;
}
export interface ConversationRow {
  id: string;
  contact: string | null;
  subject: string;
}
export interface InboxRow extends ConversationRow {
  name: string;
  company: string;
  unread: number;
  waiting: boolean;
}
export interface RowPage {
  rows: InboxRow[];
  total: number;
  counts: Record<RowFilter, number>;
  unread: number;
}
export type Row =
  { kind: "conversation"; value: ConversationRow } | { kind: "contact"; value: { id: string } };
export interface StoredRow {
  doc: string;
  seq: number;
  heads: string[];
  row: Row;
}
export interface Item {
  kind: string;
  value: { id: string };
}
export interface ConversationHeader {
  id: string;
  contact: string | null;
}
export interface ContactView {
  id: string;
}
export type MarkValue = string | boolean | number | null;
export interface Block {
  type: string;
  parents: string[];
  attrs: Record<string, MarkValue>;
  isEmbed: boolean;
}
export type Span =
  | { type: "text"; value: string; marks?: Record<string, MarkValue> }
  | { type: "block"; value: Block };
export type Expand = "none" | "before" | "after" | "both";
export type TextEdit =
  | { op: "splice"; at: number; delete: number; insert: string }
  | { op: "mark"; start: number; end: number; name: string; value: MarkValue; expand: Expand }
  | { op: "unmark"; start: number; end: number; name: string; expand: Expand }
  | { op: "update_spans"; spans: Span[] };
export type Command = { type: string; conversation?: string; contact?: string };
export interface Outcome {
  created?: string;
  topic?: string;
}
export interface Whereabouts {
  note?: string;
  anchor?: string;
  head?: string;
  typing: boolean;
}
export interface Presence {
  session: number;
  member: string;
  here: Whereabouts;
}
export interface PendingEntry {
  hash: string;
  doc: string;
  actor: string;
  at: number;
  command: Command;
  order: number;
}
export interface Waiting {
  hash: string;
  doc: string;
  at: number;
  command: Command;
}
export interface Refused {
  id: string;
  doc: string;
  at: number;
  command: Command;
  refusal: Refusal;
}
export interface SyncState {
  state: "synced" | "syncing" | "offline";
  waiting: number;
  refused: number;
}
export interface Saved {
  epoch: string;
  cursor: number;
  member?: Member;
  members: Member[];
  rows: StoredRow[];
  heads: { doc: string; heads: string[] }[];
  outbox: PendingEntry[];
  refused: Refused[];
}
export type Effect =
  | { type: "send"; frame: Uint8Array }
  | { type: "disconnect"; refusal: Refusal; retryAfter: number | null }
  | {
      type: "store";
      doc: string;
      chunks: { hash: string; bytes: Uint8Array }[];
      heads: string[];
      pending: PendingEntry[];
      local: boolean;
    }
  | { type: "acked"; doc: string; hashes: string[] }
  | { type: "remove"; doc: string; hashes: string[] }
  | { type: "rows"; rows: StoredRow[]; cursor: number; epoch: string }
  | { type: "session"; member: Member; members: Member[]; epoch: string }
  | { type: "load"; doc: string }
  | {
      type: "changed";
      doc: string;
      items: Item[];
      header: ConversationHeader | null;
      contact: ContactView | null;
      reset: boolean;
    }
  | { type: "rowsChanged" }
  | { type: "presence"; conversation: string }
  | { type: "refused"; refused: Refused }
  | { type: "discarded"; id: string }
  | { type: "syncState" };
export declare class Replica {
  constructor(options: { workspace: string; actor: string });
  restore(saved: Saved): void;
  connected(token: string): void;
  refreshToken(token: string): void;
  disconnected(): void;
  receive(frame: Uint8Array, now: number): void;
  open(doc: string): boolean;
  load(doc: string, chunks: Uint8Array[], now: number): void;
  close(doc: string): void;
  apply(command: Command, now: number): Outcome;
  edit(conversation: string, note: string, edits: TextEdit[], now: number): void;
  commit(now: number): void;
  spans(conversation: string, note: string): Span[];
  cursor(conversation: string, note: string, at: number): string;
  position(conversation: string, note: string, cursor: string): number | undefined;
  header(conversation: string): ConversationHeader | undefined;
  items(conversation: string, page: { before?: { at: number; id: string }; limit: number }): Item[];
  contact(contact: string): ContactView | undefined;
  rows(query: RowQuery): RowPage;
  setPresence(conversation: string, here: Whereabouts | null): void;
  presence(conversation: string): Presence[];
  waiting(): Waiting[];
  refused(): Refused[];
  retry(id: string, now: number): Outcome;
  discard(id: string): void;
  merge(doc: string, changes: Uint8Array[], now: number): void;
  retract(doc: string, hashes: string[], now: number): void;
  adopt(outbox: PendingEntry[]): void;
  session(): { member: Member; members: Member[] } | undefined;
  syncState(): SyncState;
  takeEffects(): Effect[];
  free(): void;
}
export default function init(_module?: {
  module_or_path: string | URL | BufferSource;
}): Promise<unknown> {
  throw new Error("interim");
}
