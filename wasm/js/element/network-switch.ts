import type { ReactiveController, ReactiveControllerHost } from "lit";
import { ClientListener } from "./common/client-listener.js";
import type { Desk } from "./common/desk.js";
import type { Client } from "./common/types.js";

/** Keeps the element's `offline` and the client in step, also when another tab moves the switch. */
export class NetworkSwitch implements ReactiveController {
  private client: Client | undefined;
  /** How the client was last seen: cut by hand, or not. */
  private cut = false;

  constructor(
    private readonly host: ReactiveControllerHost & { desk?: Desk | undefined; offline: boolean },
  ) {
    host.addController(this);
    new ClientListener(host, { "sync-state": () => this.follow() });
  }

  hostUpdate(): void {
    const { host } = this;
    const client = host.desk?.client;
    if (client !== this.client) {
      this.client = client;
      this.cut = client?.offline ?? false;
      // Another tab may have cut the network: to start here is no wish to have it back.
      if (client && !host.offline) host.offline = this.cut;
    }
    if (!client || host.offline === this.cut) return;
    this.cut = host.offline;
    client.setOffline(this.cut);
  }

  private follow(): void {
    const { offline = this.cut } = this.client ?? {};
    if (offline !== this.cut) this.host.offline = this.cut = offline;
  }
}
