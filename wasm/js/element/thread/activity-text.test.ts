import { afterEach, expect, test } from "vitest";
import type { Desk } from "../common/desk.js";
import { speak } from "../common/strings.js";
import type { Activity, Refusal } from "../common/types.js";
import { activityText } from "./activity-text.js";

/** How a run reads that came to this. */
function runText(refusal: Refusal | null): string {
  const desk = { client: { reads: { flowRefusal: () => refusal } } } as unknown as Desk;
  const change = { field: "flow", from: "Late replies", to: "as the core writes it" };
  return activityText(
    { id: "1", by: "service", at: 0, action: "run_flow", change } as Activity,
    desk,
  );
}

afterEach(() => speak("en"));

test("a flow that ran is named, and one that was stopped says why", async () => {
  const refusal: Refusal = { code: "topic_required", text: "Log a topic first." };
  expect(runText(null)).toBe("Flow “Late replies” ran");
  expect(runText(refusal)).toBe("Flow “Late replies” did nothing: Log a topic first.");
  await speak("de");
  expect(runText(null)).toBe("Ablauf „Late replies“ lief");
  expect(runText(refusal)).toContain("Thema");
});
