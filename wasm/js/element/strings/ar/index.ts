import type { Words } from "../words.js";
import { appointments } from "./appointments.js";
import { calendar } from "./calendar.js";
import { changes } from "./changes.js";
import { contacts } from "./contacts.js";
import { flows } from "./flows.js";
import { history } from "./history.js";
import { conversation } from "./conversation.js";
import { list } from "./list.js";
import { log } from "./log.js";
import { notices } from "./notices.js";
import { pipeline } from "./pipeline.js";
import { profile } from "./profile.js";
import { refusals } from "./refusals.js";
import { settings } from "./settings.js";
import { shell } from "./shell.js";
import { tasks } from "./tasks.js";

/** Every word in Arabic. */
export const arabic: Words = {
  shell,
  changes,
  tasks,
  log,
  contacts,
  appointments,
  conversation,
  list,
  calendar,
  notices,
  pipeline,
  profile,
  refusals,
  history,
  settings,
  flows,
};
