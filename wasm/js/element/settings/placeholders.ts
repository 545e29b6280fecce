/** The placeholders of templates, for help and preview. The core fills them in when one is used. */
import { settings as words } from "../strings/en/settings.js";

/** The placeholders that every workspace has; `fields.` and a field's id is one for each custom field. */
export const PLACEHOLDERS = [
  "contact.first_name",
  "contact.name",
  "contact.company",
  "contact.email",
  "contact.phone",
  "conversation.subject",
  "member.first_name",
  "member.name",
] as const;

/** A template's text with examples in it; a placeholder nobody knows stays as it is. */
export function preview(text: string): string {
  const examples: Readonly<Record<string, string>> = words().examples;
  return text.replaceAll(
    /\{\{\s*([\w.-]+)\s*\}\}/g,
    (whole, name: string) => examples[name] ?? whole,
  );
}
