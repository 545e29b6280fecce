import { beforeEach, expect, test } from "vitest";
import { ThreadlineError } from "../../client/errors.js";
import type { Channel, Member } from "../common/types.js";
import { Directory, type Profile } from "./directory.js";

/** A server that answers when the test says so, in the order it was asked. */
class Server {
  members: Member[] = [
    { id: "ben", name: "Ben", role: "agent", teams: ["sales"], channels: ["email", "sms"] },
  ];
  /** What it took, oldest first. */
  readonly taken: Profile[] = [];
  /** What waits for an answer, oldest first. */
  readonly asked: { what: "get" | "put"; answer: (refusal?: string) => void }[] = [];

  get<T>(): Promise<T> {
    return this.#ask("get", () => ({ members: this.members }) as T);
  }

  put(path: string, body: unknown): Promise<void> {
    return this.#ask("put", () => {
      const profile = body as Profile;
      this.taken.push(profile);
      this.members = this.members.map((each) =>
        path === `members/${each.id}` ? { ...each, ...profile } : each,
      );
    });
  }

  /** Answers what was asked first, and waits until that has been heard. */
  async answer(what: "get" | "put", refusal?: string): Promise<void> {
    const first = this.asked.shift();
    expect(first?.what).toBe(what);
    first?.answer(refusal);
    await heard();
  }

  #ask<T>(what: "get" | "put", work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const answer = (refusal?: string): void => {
        if (refusal === undefined) resolve(work());
        else reject(new ThreadlineError("unavailable", refusal));
      };
      this.asked.push({ what, answer });
    });
  }
}

let server: Server;
let directory: Directory;

beforeEach(async () => {
  server = new Server();
  directory = new Directory({ members: [], rest: server }, () => undefined);
  void directory.load();
  await server.answer("get");
});

/** Until all that follows from an answer has happened. */
function heard(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function ben(): Member {
  return directory.everyone.find(({ id }) => id === "ben") as Member;
}

/** A click, which builds on what is shown. */
async function click(change: Partial<Profile>): Promise<void> {
  void directory.set(ben(), change);
  await heard();
}

test("the session's people are shown until the server has listed everyone", async () => {
  const session: Member[] = [{ id: "ana", name: "Ana", role: "admin" }];
  directory = new Directory({ members: session, rest: server }, () => undefined);
  void directory.load();
  expect(directory.everyone).toBe(session);
  await server.answer("get");
  expect(ben().name).toBe("Ben");
});

test("a click is shown at once, and the next one builds on it", async () => {
  await click({ channels: ["email"] });
  expect(ben().channels).toEqual(["email"]);
  await click({ role: "viewer" });
  await server.answer("put");
  await server.answer("put");
  expect(server.taken.at(-1)).toMatchObject({ role: "viewer", channels: ["email"] });
  await server.answer("get");
  expect(ben()).toMatchObject({ role: "viewer", channels: ["email"], teams: ["sales"] });
});

test("a list that was asked for before a click does not undo it", async () => {
  await click({ channels: ["email"] });
  await server.answer("put");
  // The server is being asked for its list when the last channel is taken away, too.
  const taken: Channel[] = [];
  await click({ channels: taken });
  await server.answer("get");
  expect(ben().channels).toEqual(taken);
  await click({ active: false });
  await server.answer("put");
  await server.answer("put");
  expect(server.taken.at(-1)).toMatchObject({ channels: taken, active: false });
});

test("without a connection nothing stays on the screen that the server did not take", async () => {
  await click({ role: "viewer" });
  await server.answer("put");
  await click({ active: false });
  // The list that was asked for after the first answer.
  await server.answer("get", "no connection");
  await server.answer("put", "no connection");
  await server.answer("get", "no connection");
  expect(ben()).toMatchObject({ role: "viewer", channels: ["email", "sms"] });
  expect(ben().active).not.toBe(false);
  expect(directory.trouble).toBe("no connection");
});

test("a refusal is told until something is said anew, whatever is taken after it", async () => {
  await click({ role: "viewer" });
  await click({ active: false });
  await server.answer("put", "refused");
  await server.answer("put");
  await server.answer("get");
  expect(directory.trouble).toBe("refused");
  await click({ active: true });
  expect(directory.trouble).toBe("");
});
