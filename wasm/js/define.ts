/**
 * Registers `<threadline-inbox>` and the parts that come with it. Importing it in
 * Node, or twice, does nothing.
 */
import { define } from "./element/common/chunk.js";
import { Menu } from "./element/common/menu.js";
import { Toasts } from "./element/common/toasts.js";
import { ThreadlineInbox } from "./element/inbox-element.js";
import { InboxView } from "./element/inbox/inbox-view.js";
import { ConversationList } from "./element/list/conversation-list.js";
import { Navigation } from "./element/navigation/navigation.js";
import { Banner } from "./element/sync/banner.js";
import { SyncState } from "./element/sync/sync-state.js";

const elements = {
  "threadline-banner": Banner,
  "threadline-list": ConversationList,
  "threadline-menu": Menu,
  "threadline-navigation": Navigation,
  "threadline-sync-state": SyncState,
  "threadline-toasts": Toasts,
  "threadline-inbox-view": InboxView,
  // Last, so that its parts exist when a page that already has the element upgrades it.
  "threadline-inbox": ThreadlineInbox,
};

if (typeof window !== "undefined") define(elements);

declare global {
  interface HTMLElementTagNameMap {
    "threadline-inbox": ThreadlineInbox;
  }
}

export { ThreadlineInbox };
