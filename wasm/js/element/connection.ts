import type { Client } from "./common/types.js";

/** What becomes of a connection. */
export interface ConnectionEvents {
  /** The client can be used, and knows who is here. */
  ready(client: Client): void;
  failed(error: unknown): void;
  /** The server refuses the token of a client that is not ready yet. */
  expired(): void;
}

/** The client behind the element: the host's own, or one made for what the host has set. */
export class Connection {
  private current: { key: unknown; client: Promise<Client>; own: boolean } | undefined;

  constructor(private readonly events: ConnectionEvents) {}

  /** Uses a client of the host, who also stops it. */
  use(client: Client): void {
    this.begin(client, Promise.resolve(client), false);
  }

  /** Makes a client, unless there is one for the same `key`. True when it is made now. */
  make(key: string, make: () => Promise<Client>): boolean {
    if (this.current?.key === key) return false;
    this.begin(key, make(), true);
    return true;
  }

  /** Lets go of the client; one that was made here is stopped. */
  stop(): void {
    const { current } = this;
    this.current = undefined;
    if (!current?.own) return;
    // A client that never came to be has told so already, and has nothing to stop.
    current.client.then((client) => client.stop()).catch(() => undefined);
  }

  private begin(key: unknown, client: Promise<Client>, own: boolean): void {
    if (this.current?.key === key) return;
    this.stop();
    const here = (this.current = { key, client, own });
    const expired = (): void => {
      if (this.current === here) this.events.expired();
    };
    client
      .then((made) => whenKnown(made, expired))
      .then(
        (ready) => {
          if (this.current === here) this.events.ready(ready);
        },
        (error: unknown) => {
          if (this.current === here) this.events.failed(error);
        },
      );
  }
}

/** Drafts and lists belong to a member, so nothing is shown before it is known who that is. */
async function whenKnown(client: Client, expired: () => void): Promise<Client> {
  if (client.stopped) throw new Error("The client was stopped.");
  if (client.member) return client;
  // It may have been refused before it was brought here.
  if (client.authExpired) expired();
  client.addEventListener("auth-expired", expired);
  await new Promise((resolve) => client.addEventListener("ready", resolve, { once: true }));
  client.removeEventListener("auth-expired", expired);
  return client;
}
