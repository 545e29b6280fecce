/** Everything a thread is made of, as one chunk: the list is on the screen before it. */
import { AppointmentCard } from "../appointment/appointment-card.js";
import { CallCard } from "../call/call-card.js";
import { ItemHistory } from "../common/history.js";
import { Composer } from "../composer/composer.js";
import { EmojiButton } from "../composer/emoji.js";
import { ReplyForm } from "../composer/reply-form.js";
import { NoteCard } from "../note/note-card.js";
import { NoteEditorElement } from "../note/note-editor.js";
import { NoteWriter } from "../note/note-writer.js";
import { TaskCard } from "../task/task-card.js";
import { TopicCard } from "../topic/topic-card.js";
import { AttachmentView } from "./attachment-view.js";
import { MessageView } from "./message-view.js";
import { ThreadHeader } from "./thread-header.js";
import { ThreadView } from "./thread-view.js";
import { TimelineView } from "./timeline-view.js";
import { UnlinkedBanner } from "./unlinked-banner.js";

/** What a thread is made of. */
export const elements = {
  "threadline-appointment": AppointmentCard,
  "threadline-attachment": AttachmentView,
  "threadline-call": CallCard,
  "threadline-composer": Composer,
  "threadline-emoji": EmojiButton,
  "threadline-history": ItemHistory,
  "threadline-message": MessageView,
  "threadline-note": NoteCard,
  "threadline-note-editor": NoteEditorElement,
  "threadline-note-writer": NoteWriter,
  "threadline-reply": ReplyForm,
  "threadline-task": TaskCard,
  "threadline-thread-header": ThreadHeader,
  "threadline-timeline": TimelineView,
  "threadline-topic": TopicCard,
  "threadline-unlinked": UnlinkedBanner,
  // Last, so that its parts exist when one that is on the page already upgrades.
  "threadline-thread": ThreadView,
};
