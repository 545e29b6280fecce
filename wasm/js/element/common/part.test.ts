// @vitest-environment happy-dom

import { expect, test } from "vitest";
import type { Desk } from "./desk.js";
import { Part } from "./part.js";

/** Shows what it asks a client for, as a list shows rows. */
class Shelf extends Part {
  protected override render(): unknown {
    return this.desk?.client.workspace ?? "nobody";
  }
}
customElements.define("test-shelf", Shelf);

test("an update that was asked for before its client was stopped asks it for nothing", async () => {
  const client = {
    stopped: false,
    get workspace(): string {
      if (this.stopped) throw new Error("The client was stopped.");
      return "shop";
    },
  };
  const shelf = new Shelf();
  shelf.desk = { client } as unknown as Desk;
  document.body.append(shelf);
  await shelf.updateComplete;
  expect(shelf.renderRoot.textContent).toBe("shop");

  shelf.requestUpdate();
  client.stopped = true;
  await shelf.updateComplete;
  expect(shelf.renderRoot.textContent).toBe("shop");

  shelf.desk = undefined;
  await shelf.updateComplete;
  expect(shelf.renderRoot.textContent).toBe("nobody");
});
