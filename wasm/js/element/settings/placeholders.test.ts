import { expect, test } from "vitest";
import { settings } from "../strings/en/settings.js";
import { PLACEHOLDERS, preview } from "./placeholders.js";

test("every placeholder has an example, and unknown ones are seen", () => {
  const { examples } = settings();
  for (const name of PLACEHOLDERS) expect(preview(`{{${name}}}`)).toBe(examples[name]);
  expect(preview("Hello {{ contact.first_name }}, {{nope}}")).toBe(
    `Hello ${examples["contact.first_name"]}, {{nope}}`,
  );
});
