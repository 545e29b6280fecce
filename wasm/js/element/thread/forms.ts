/** The forms that open under the timeline: one entry each, loaded when the first one opens. */
import { html, type TemplateResult } from "lit";
import { chunk, type Chunk } from "../common/chunk.js";
import type { Desk } from "../common/desk.js";
import type { ContactView, ConversationHeader } from "../common/types.js";
import type { MessageSpan, TopicForm } from "../topic/topic-form.js";

/** What a form is about. */
export interface FormPlace {
  desk: Desk;
  header: ConversationHeader;
  contact: ContactView | undefined;
  /** The messages that are chosen in the timeline, for a form that is about some. */
  span: MessageSpan;
  /** To be called when others were chosen in the form. */
  onSpan: (span: MessageSpan) => void;
  /** To be called when the form has done its work or was given up. */
  done: () => void;
}

interface FormEntry {
  chunk: Chunk;
  render: (place: FormPlace) => TemplateResult;
}

export const FORMS = {
  task: {
    chunk: chunk(() => import("../task/task-form.js")),
    render: ({ desk, header, done }) =>
      html`<threadline-task-form
        .desk=${desk}
        .conversation=${header.id}
        @done=${done}
      ></threadline-task-form>`,
  },
  topic: {
    chunk: chunk(() => import("../topic/topic-form.js")),
    render: ({ desk, header, span, onSpan, done }) =>
      html`<threadline-topic-form
        .desk=${desk}
        .conversation=${header.id}
        .subject=${header.subject}
        .span=${span}
        @span=${(event: Event) => onSpan((event.target as TopicForm).span)}
        @done=${done}
      ></threadline-topic-form>`,
  },
  appointment: {
    chunk: chunk(() => import("../appointment/appointment-form.js")),
    render: ({ desk, header, contact, done }) =>
      html`<threadline-appointment-form
        .desk=${desk}
        .conversation=${header.id}
        .contact=${contact}
        @done=${done}
      ></threadline-appointment-form>`,
  },
  call: {
    chunk: chunk(() => import("../call/call-form.js")),
    render: ({ desk, header, contact, done }) =>
      html`<threadline-call-form
        .desk=${desk}
        .conversation=${header.id}
        .number=${contact?.phone ?? ""}
        @done=${done}
      ></threadline-call-form>`,
  },
  snooze: {
    chunk: chunk(() => import("./snooze-form.js")),
    render: ({ desk, header, done }) =>
      html`<threadline-snooze-form
        .desk=${desk}
        .header=${header}
        @done=${done}
      ></threadline-snooze-form>`,
  },
} satisfies Record<string, FormEntry>;

/** A form's name. */
export type FormName = keyof typeof FORMS;
