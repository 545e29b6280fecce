// The inbox as a person finds things in it: by role and name, as a screen reader would.

import { complaints, person } from "./browser.mjs";
import { until } from "./wait.mjs";

/** The sample workspace's conversation that the stories are about. */
export const HANNAH = {
  name: "Hannah Brandt",
  note: "Private note by Ben Okafor",
  task: "Task: Call the courier about F-10482",
};

/** A page of the sample site, opened as one of its people. */
export class Inbox {
  /** @param {import("playwright-core").Page} page */
  constructor(page, failures) {
    this.page = page;
    this.element = page.locator("threadline-inbox");
    /** What must not have happened in the page. */
    this.failures = failures;
  }

  /** Opens the site at its inbox and waits for the list. */
  static async open(context, origin, member) {
    const page = await context.newPage();
    const offline = (text) =>
      /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|WebSocket|Failed to load|establish a connection/.test(
        text,
      );
    const inbox = new Inbox(page, complaints(page, offline));
    await page.goto(`${origin}/?as=${member}#inbox`);
    await inbox.element.getByRole("option").first().waitFor();
    return inbox;
  }

  /** Turns to this window, as a person does: Firefox moves carets and the focus only there. */
  async turnTo() {
    await this.page.bringToFront();
  }

  /** Opens a conversation from the list. */
  async choose(name) {
    await this.turnTo();
    await this.element.getByRole("option", { name }).first().click();
    await this.element.getByRole("heading", { name, level: 2 }).first().waitFor();
    await this.timeline.getByRole("article").first().waitFor();
  }

  get timeline() {
    return this.element.getByRole("region", { name: "Timeline" });
  }

  get note() {
    return this.timeline.getByRole("article", { name: HANNAH.note }).first();
  }

  get task() {
    return this.timeline.getByRole("article", { name: HANNAH.task });
  }

  /** The text field of the note while it is edited. */
  get noteField() {
    return this.note.locator(".ProseMirror");
  }

  get syncState() {
    return this.element.getByRole("button", { name: /^Sync state/ });
  }

  /** Begins to edit the note, with the caret at its end. */
  async editNote() {
    await this.turnTo();
    await this.note.getByRole("button", { name: "Edit note" }).first().click();
    await this.noteField.click();
    await this.page.keyboard.press("Control+End");
    // ProseMirror learns of the caret by an event of its own.
    await until("the caret is at the end", () =>
      this.noteField.evaluate((field) => {
        const selection = field.getRootNode().getSelection?.() ?? document.getSelection();
        const last = field.lastElementChild;
        return Boolean(selection?.anchorNode && last?.contains(selection.anchorNode));
      }),
    );
  }

  /** Waits until everything done here is on the server. */
  async synced() {
    await until("everything is on the server", async () =>
      /Synced/.test((await this.syncState.getAttribute("aria-label")) ?? ""),
    );
  }
}

/** A person at a browser of their own, with the inbox open. */
export async function agent(browser, origin, member, options) {
  const context = await person(browser, options);
  return { context, inbox: await Inbox.open(context, origin, member) };
}
