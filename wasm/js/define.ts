/**
 * Registers `<threadline-inbox>` and the parts it is made of. Importing it in
 * Node, or twice, does nothing.
 */
import { KeyHelp } from "./element/common/key-help.js";
import { Toasts } from "./element/common/toasts.js";
import { Composer } from "./element/composer/composer.js";
import { ThreadlineInbox } from "./element/inbox-element.js";
import { ConversationList } from "./element/list/conversation-list.js";
import { NoteCard } from "./element/note/note-card.js";
import { NoteEditorElement } from "./element/note/note-editor.js";
import { NoteWriter } from "./element/note/note-writer.js";
import { ProfilePanel } from "./element/profile/profile-panel.js";
import { SyncPanel } from "./element/sync/sync-panel.js";
import { SyncState } from "./element/sync/sync-state.js";
import { TaskCard } from "./element/task/task-card.js";
import { TaskForm } from "./element/task/task-form.js";
import { MessageView } from "./element/thread/message-view.js";
import { ThreadHeader } from "./element/thread/thread-header.js";
import { ThreadView } from "./element/thread/thread-view.js";
import { TimelineView } from "./element/thread/timeline-view.js";
import { TopicCard } from "./element/topic/topic-card.js";
import { TopicForm } from "./element/topic/topic-form.js";

const elements = {
  "threadline-key-help": KeyHelp,
  "threadline-toasts": Toasts,
  "threadline-composer": Composer,
  "threadline-list": ConversationList,
  "threadline-note": NoteCard,
  "threadline-note-editor": NoteEditorElement,
  "threadline-note-writer": NoteWriter,
  "threadline-profile": ProfilePanel,
  "threadline-sync-panel": SyncPanel,
  "threadline-sync-state": SyncState,
  "threadline-task": TaskCard,
  "threadline-task-form": TaskForm,
  "threadline-message": MessageView,
  "threadline-thread-header": ThreadHeader,
  "threadline-thread": ThreadView,
  "threadline-timeline": TimelineView,
  "threadline-topic": TopicCard,
  "threadline-topic-form": TopicForm,
  // Last, so that its parts exist when a page that already has the element upgrades it.
  "threadline-inbox": ThreadlineInbox,
};

if (typeof window !== "undefined") {
  for (const [name, element] of Object.entries(elements)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
}

export { ThreadlineInbox };
