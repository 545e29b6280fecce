import { problemOf } from "../common/desk.js";
import type { Channel, Client, Member } from "../common/types.js";

/** What an admin says of a member; the server takes all of it at once. */
export type Profile = Required<Pick<Member, "name" | "role" | "teams" | "active">> & {
  channels: Channel[] | null;
};

/** What a directory asks of the client. */
export type DirectoryClient = Pick<Client, "members"> & {
  rest: Pick<Client["rest"], "get" | "put">;
};

/**
 * The people on the team while an admin changes them. They are the server's to keep: what is said here
 * works online alone, is shown at once, and holds only when the server has said so.
 */
export class Directory {
  /** As the server keeps everyone, as far as it has answered; undefined until it has. */
  #kept: Member[] | undefined;
  /** The same with what it was told since. */
  #shown: Member[] | undefined;
  /** What was said to the server last, which takes one thing after the other. */
  #said: Promise<void> = Promise.resolve();
  /** Whether something was said and it is not known yet what holds. */
  #open = false;
  #trouble = "";

  /** @param changed called whenever what is to be shown changed */
  constructor(
    private readonly client: DirectoryClient,
    private readonly changed: () => void,
  ) {}

  /** Everyone who is or was on the team; those of the session until the server has listed them. */
  get everyone(): Member[] {
    return this.#shown ?? this.client.members;
  }

  /** Why the server could not be asked, or refused, since there was nothing left to be answered. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Asks the server who there is. */
  async load(): Promise<void> {
    const said = this.#said;
    let kept = this.#kept;
    let trouble = "";
    try {
      kept = (await this.client.rest.get<{ members: Member[] }>("members")).members;
    } catch (error) {
      trouble = problemOf(error).message;
    }
    // What was said meanwhile may be missing here, and asks again when all of it is answered.
    if (said !== this.#said) return;
    this.#open = false;
    // Where the server cannot be asked, what it did not take must not look as if it held.
    this.#shown = this.#kept = kept;
    this.#trouble ||= trouble;
    this.changed();
  }

  /** Changes some of what holds for a member as they are shown. */
  async set(member: Member, change: Partial<Profile>): Promise<void> {
    const { id, name, role, teams = [], channels = null, active = true } = member;
    const profile = { name, role, teams, channels, active, ...change };
    // A second click before the answer to the first must build on it, not on what was before.
    this.#shown = amended(this.everyone, id, profile);
    this.changed();
    await this.say(`members/${encodeURIComponent(id)}`, profile, () => {
      this.#kept &&= amended(this.#kept, id, profile);
    });
  }

  /**
   * Puts something on the server, and shows what holds once it has answered everything.
   * @param taken called when it took this
   */
  async say(path: string, body: unknown, taken?: () => void): Promise<void> {
    if (!this.#open) this.#trouble = "";
    this.#open = true;
    const put = async (): Promise<void> => {
      try {
        await this.client.rest.put(path, body);
        taken?.();
      } catch (error) {
        this.#trouble ||= problemOf(error).message;
        this.changed();
      }
    };
    const said = (this.#said = this.#said.then(put));
    await said;
    if (said === this.#said) await this.load();
  }
}

function amended(everyone: Member[], id: string, { role, channels, active }: Profile): Member[] {
  return everyone.map((each) => (each.id === id ? { ...each, role, channels, active } : each));
}
