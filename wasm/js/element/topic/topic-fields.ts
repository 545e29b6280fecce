/** The fields of a topic, wherever one is logged or changed. */
import { html, type TemplateResult } from "lit";
import { choiceOptions } from "../common/choices.js";
import type { Desk, Problem } from "../common/desk.js";
import { lineField, selectField, textField } from "../common/fields.js";
import { strings } from "../common/strings.js";
import type { Topic, TopicDraft } from "../common/types.js";

/** Fields of the command that the form shows a refusal beside. */
export const TOPIC_FIELDS = ["subject", "purpose", "summary"];

/** What was it about, and what came of it. */
export function topicFields(
  desk: Desk,
  problem: Problem | undefined,
  { subject, topic }: { subject?: string; topic?: Topic | undefined },
): TemplateResult {
  const words = strings.topic;
  const { purposes } = desk.settings;
  return html`${lineField("subject", words.subject, problem, {
    value: topic?.subject ?? subject ?? "",
  })}
  ${selectField(
    "purpose",
    words.purpose,
    problem,
    choiceOptions(purposes, topic?.purpose ?? "", strings.purposes),
  )}
  ${textField("summary", words.summary, problem, {
    hint: words.summaryHint,
    value: topic?.summary ?? "",
  })}`;
}

/** The topic that the fields of {@link topicFields} say. */
export function topicDraftOf(field: (name: string) => string): TopicDraft {
  return {
    subject: field("subject"),
    purpose: field("purpose"),
    summary: field("summary"),
    status: "closed",
  };
}
