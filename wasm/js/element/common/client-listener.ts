import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ClientEvents } from "../../client/events.js";
import type { Desk } from "./desk.js";
import type { Client } from "./types.js";

/** Handlers by the client's event names. */
export type ClientHandlers = {
  [K in keyof ClientEvents]?: (event: CustomEvent<ClientEvents[K]>) => void;
};

/** Listens to the client for as long as the part is in the page, whichever desk it is given. */
export class ClientListener implements ReactiveController {
  private client: Client | undefined;

  constructor(
    private readonly host: ReactiveControllerHost & { desk?: Desk | undefined },
    private readonly handlers: ClientHandlers,
  ) {
    host.addController(this);
  }

  hostUpdate(): void {
    this.listenTo(this.host.desk?.client);
  }

  hostConnected(): void {
    this.listenTo(this.host.desk?.client);
  }

  hostDisconnected(): void {
    this.listenTo(undefined);
  }

  private listenTo(client: Client | undefined): void {
    if (client === this.client) return;
    for (const [type, handler] of Object.entries(this.handlers)) {
      this.client?.removeEventListener(type, handler as EventListener);
      client?.addEventListener(type, handler as EventListener);
    }
    this.client = client;
  }
}
