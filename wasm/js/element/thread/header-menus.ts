/** The menus of a thread's header: until when it sleeps, what it is tagged with. */
import type { Desk } from "../common/desk.js";
import { snoozeTimes } from "../common/snooze.js";
import type { MenuItem } from "../common/menu.js";
import { momentText } from "../common/format.js";
import type { ConversationHeader } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { perform, snooze, tag, wake } from "./plans.js";

/** Puts the conversation off until a moment in milliseconds since 1970. */
export function snoozeUntil(desk: Desk, header: ConversationHeader, until: number): void {
  perform(desk, header, snooze(until), words().toast.snoozed(momentText(until)));
}

/** When to put the conversation off to; `pick` asks for another time. */
export function snoozeMenu(desk: Desk, header: ConversationHeader, pick: () => void): MenuItem[] {
  const { snooze: names, toast } = words();
  return [
    ...(header.snoozed
      ? [
          {
            text: names.wake,
            icon: "inbox" as const,
            run: () => void perform(desk, header, wake, toast.woken),
          },
        ]
      : []),
    ...snoozeTimes(Date.now()).map(({ name, until }) => ({
      text: `${names[name]}, ${momentText(until)}`,
      icon: "clock" as const,
      run: () => snoozeUntil(desk, header, until),
    })),
    { text: names.pick, icon: "calendar", run: pick },
  ];
}

/** The workspace's tags and those the conversation has; choosing one adds it or takes it away. */
export function tagMenu(desk: Desk, header: ConversationHeader): MenuItem[] {
  const { toast, noTags } = words();
  const known = desk.settings.tags.filter(({ archived }) => !archived).map(({ name }) => name);
  const names = [...new Set([...known, ...header.tags])].sort();
  if (names.length === 0) return [{ text: noTags, run: () => undefined }];
  return names.map((name) => {
    const checked = header.tags.includes(name);
    const text = checked ? toast.untagged(name) : toast.tagged(name);
    return {
      text: name,
      checked,
      run: () => void perform(desk, header, tag(name, !checked), text),
    };
  });
}
