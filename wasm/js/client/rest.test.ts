import { afterEach, expect, test, vi } from "vitest";
import { Rest } from "./rest.js";
import { Tokens } from "./token.js";

const rest = (provider: () => Promise<string> = async () => "a.b.c"): Rest =>
  new Rest(new URL("wss://desk.example/inbox/sync"), "acme", new Tokens(provider));

afterEach(() => vi.unstubAllGlobals());

test("calls go beside the socket's address, with the member's token", async () => {
  const fetched = vi.fn(async () => Response.json({ members: [] }));
  vi.stubGlobal("fetch", fetched);
  await rest().get("members");
  const [address, init] = fetched.mock.calls[0] as unknown as [URL, RequestInit];
  expect(String(address)).toBe("https://desk.example/inbox/v1/workspaces/acme/members");
  expect(init.headers).toEqual({ authorization: "Bearer a.b.c" });
});

test("a refusal comes with its code, sentence and field", async () => {
  const problem = { code: "forbidden", detail: "Only an admin does this.", field: "role" };
  vi.stubGlobal("fetch", async () => Response.json(problem, { status: 403 }));
  await expect(rest().put("members/ana", {})).rejects.toMatchObject({
    code: "forbidden",
    message: "Only an admin does this.",
    field: "role",
  });
});

test("a host's page that gives no token is `unavailable`, whatever it rejects with", async () => {
  const provider = (): Promise<string> => Promise.reject(new TypeError("no network"));
  await expect(rest(provider).get("members")).rejects.toMatchObject({ code: "unavailable" });
});

test("what is no answer of ours is `unavailable`, and so is no answer", async () => {
  vi.stubGlobal("fetch", async () => new Response("<html>", { status: 502 }));
  await expect(rest().get("members")).rejects.toMatchObject({ code: "unavailable" });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  await expect(rest().get("members")).rejects.toMatchObject({ code: "unavailable" });
});
