import type { ReactiveController } from "lit";
import { beforeEach, expect, test } from "vitest";
import type { Desk } from "./common/desk.js";
import { NetworkSwitch } from "./network-switch.js";

/** A client whose network another tab may cut, too. */
class Client extends EventTarget {
  readonly asked: boolean[] = [];

  constructor(public offline: boolean) {
    super();
  }

  setOffline(offline: boolean): void {
    this.asked.push((this.offline = offline));
  }

  /** Another tab moves the switch. */
  elsewhere(offline: boolean): void {
    this.offline = offline;
    this.dispatchEvent(new Event("sync-state"));
  }
}

/** The element, which draws itself when told to. */
class Host {
  offline = false;
  desk: Desk | undefined;
  readonly updateComplete = Promise.resolve(true);
  private readonly controllers: ReactiveController[] = [];

  addController(controller: ReactiveController): void {
    this.controllers.push(controller);
  }

  removeController(): void {}

  requestUpdate(): void {
    for (const controller of this.controllers) controller.hostUpdate?.();
  }
}

let host: Host;

beforeEach(() => {
  host = new Host();
  new NetworkSwitch(host);
});

/** The element's client arrives. */
function arrives(client: Client): Client {
  host.desk = { client } as unknown as Desk;
  host.requestUpdate();
  return client;
}

test("what the host has set before the start is done at the start", () => {
  host.offline = true;
  expect(arrives(new Client(false)).asked).toEqual([true]);
});

test("to start is no wish to have the network back that another tab has cut", () => {
  expect(arrives(new Client(true)).asked).toEqual([]);
  expect(host.offline).toBe(true);
});

test("the element follows another tab, and does not repeat what that did", () => {
  const client = arrives(new Client(false));
  client.elsewhere(true);
  host.requestUpdate();
  expect([host.offline, client.asked]).toEqual([true, []]);
});

test("news of something else does not undo what the host has just set", () => {
  const client = arrives(new Client(false));
  host.offline = true;
  client.elsewhere(false);
  host.requestUpdate();
  expect(client.asked).toEqual([true]);
});
