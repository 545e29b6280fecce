/** The views of the widget: one entry each. All but the inbox are loaded when they are first shown. */
import { html, type TemplateResult } from "lit";
import { chunk, type Chunk } from "./common/chunk.js";
import type { Desk } from "./common/desk.js";
import type { IconName } from "./common/icons.js";
import type { strings } from "./common/strings.js";

/** A view, as the attribute `view` names it. */
export type ViewName = keyof typeof strings.views;

/** The inbox's other shape: one thread without the list. It is no place to go to. */
type Place = Exclude<ViewName, "conversation">;

interface Entry {
  icon: IconName;
  /** What one presses to go there. */
  keys: string;
  /** Missing where it comes with the shell. */
  lazy?: {
    chunk: Chunk;
    /** The view's element, with what the frame puts into its head: `slot="start"` and `slot="end"`. */
    render: (desk: Desk, head: unknown) => TemplateResult;
  };
}

export const VIEWS: Record<Place, Entry> = {
  inbox: { icon: "inbox", keys: "g i" },
  tasks: {
    icon: "task",
    keys: "g t",
    lazy: {
      chunk: chunk(() => import("./tasks/tasks-view.js")),
      render: (desk, head) => html`<threadline-tasks .desk=${desk}>${head}</threadline-tasks>`,
    },
  },
  log: {
    icon: "topic",
    keys: "g l",
    lazy: {
      chunk: chunk(() => import("./log/log-view.js")),
      render: (desk, head) => html`<threadline-log .desk=${desk}>${head}</threadline-log>`,
    },
  },
  contacts: {
    icon: "contacts",
    keys: "g c",
    lazy: {
      chunk: chunk(() => import("./contacts/contacts-view.js")),
      render: (desk, head) =>
        html`<threadline-contacts .desk=${desk}>${head}</threadline-contacts>`,
    },
  },
  calendar: {
    icon: "calendar",
    keys: "g d",
    lazy: {
      chunk: chunk(() => import("./calendar/calendar-view.js")),
      render: (desk, head) =>
        html`<threadline-calendar .desk=${desk}>${head}</threadline-calendar>`,
    },
  },
  pipeline: {
    icon: "pipeline",
    keys: "g p",
    lazy: {
      chunk: chunk(() => import("./pipeline/pipeline-view.js")),
      render: (desk, head) =>
        html`<threadline-pipeline .desk=${desk}>${head}</threadline-pipeline>`,
    },
  },
  settings: {
    icon: "settings",
    keys: "g s",
    lazy: {
      chunk: chunk(() => import("./settings/settings-view.js")),
      render: (desk, head) =>
        html`<threadline-settings .desk=${desk}>${head}</threadline-settings>`,
    },
  },
};

/** The views a person can go to, in the order of the navigation. */
export const PLACES = Object.keys(VIEWS) as Place[];
