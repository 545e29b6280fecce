/** What a language consists of: the tables of `en/`, whose types the other languages must match, and refusals. */
import type { Code } from "../common/types.js";
import type { appointments } from "./en/appointments.js";
import type { calendar } from "./en/calendar.js";
import type { changes } from "./en/changes.js";
import type { contacts } from "./en/contacts.js";
import type { flows } from "./en/flows.js";
import type { history } from "./en/history.js";
import type { conversation } from "./en/conversation.js";
import type { list } from "./en/list.js";
import type { log } from "./en/log.js";
import type { notices } from "./en/notices.js";
import type { pipeline } from "./en/pipeline.js";
import type { profile } from "./en/profile.js";
import type { settings } from "./en/settings.js";
import type { shell } from "./en/shell.js";
import type { tasks } from "./en/tasks.js";

/** All words, by table. */
export interface Words {
  shell: typeof shell;
  changes: ReturnType<typeof changes>;
  tasks: ReturnType<typeof tasks>;
  log: ReturnType<typeof log>;
  contacts: ReturnType<typeof contacts>;
  appointments: ReturnType<typeof appointments>;
  conversation: ReturnType<typeof conversation>;
  list: ReturnType<typeof list>;
  calendar: ReturnType<typeof calendar>;
  notices: ReturnType<typeof notices>;
  pipeline: ReturnType<typeof pipeline>;
  profile: ReturnType<typeof profile>;
  /** Why something was refused, by the code. In English the core says it itself. */
  refusals: Record<Code, string>;
  history: ReturnType<typeof history>;
  settings: ReturnType<typeof settings>;
  flows: ReturnType<typeof flows>;
}
