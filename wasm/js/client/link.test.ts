import { beforeAll, expect, test } from "vitest";
import { Engine } from "./engine.js";
import { frameDocument, frameType } from "./link.js";
import { frames } from "./testing/frames.js";
import { CONVERSATION, saved, startWasm } from "./testing/replicas.js";
import { Replica } from "./wasm.js";

beforeAll(startWasm);

test("a frame's document is read where the core writes it", () => {
  const sent: Uint8Array[] = [];
  const engine = new Engine(
    new Replica("acme", "01".repeat(16)),
    (effect) => {
      if (effect.type === "send") sent.push(effect.frame);
    },
    (error) => {
      throw error;
    },
  );
  const doc = `conversation:${CONVERSATION}` as const;
  engine.run((replica) => replica.restore(saved("ana")));
  engine.run((replica) => replica.load("workspace", []));
  engine.run((replica) => replica.connected("token"));
  for (const frame of frames.welcome("ana")) {
    engine.run((replica, now) => replica.receive(new Uint8Array(frame), now));
  }
  engine.run((replica) => replica.open(doc));
  engine.run((replica) => replica.load(doc, []));
  engine.run((replica) => replica.close(doc));
  const about = sent.filter((frame) => ["open", "close"].includes(frameType(frame)));
  expect(about.map((frame) => [frameType(frame), frameDocument(frame)])).toEqual([
    ["open", "workspace"],
    ["open", doc],
    ["close", doc],
  ]);
  engine.stop();
  engine.free();
});
