import { describe, expect, test } from "vitest";
import { block, marked, paragraph } from "./memory-text.js";
import { MENTION_MARK, type Span } from "./rich-text.js";
import { schema } from "./schema.js";
import { beginsWithBlock, docFromSpans, spansFromDoc } from "./spans.js";

const text = (value: string): Span => ({ type: "text", value });
const embed: Span = {
  type: "block",
  value: { type: "image", parents: [], attrs: { src: "a.png" }, isEmbed: true },
};

describe("what is read is written back unchanged", () => {
  const cases: [string, Span[]][] = [
    ["a paragraph", paragraph("hello")],
    ["an empty paragraph", paragraph()],
    ["a heading", [block("heading", { level: 2 }), text("title")]],
    ["a nested item", [block("ordered-list-item", {}, ["unordered-list-item"]), text("x")]],
    ["code with line breaks", [block("code-block"), text("a\n  b\n")]],
    ["formatting", paragraph(marked("a", { em: true, strong: true }), "b")],
    ["a link", paragraph(marked("a", { link: '{"href":"https://example.org/"}' }))],
    ["a link with a title", paragraph(marked("a", { link: '{"href":"/x","title":"X"}' }))],
    ["a mention", paragraph(marked("@Ada", { [MENTION_MARK]: "m1" }))],
    ["an unknown block", [block("callout", { tone: "loud" }, ["blockquote"]), text("x")]],
    ["a known block's unknown attributes", [block("paragraph", { align: "left" }), text("x")]],
    ["a heading no one can draw", [block("heading", { level: "big" }), text("x")]],
    ["unknown marks, several at once", paragraph(marked("a", { big: 3, color: "red" }))],
    ["a mark of the wrong type", paragraph(marked("a", { strong: "yes" }))],
    ["a link to a script", paragraph(marked("a", { link: '{"href":"javascript:alert(1)"}' }))],
    ["an image inside a line", [...paragraph("a"), embed, text("b")]],
  ];
  test.each(cases)("%s", (_name, spans) => {
    const doc = docFromSpans(spans);
    doc.check();
    expect(spansFromDoc(doc)).toEqual(spans);
  });
});

describe("what has no block of its own gets a paragraph", () => {
  const cases: [string, Span[], Span[]][] = [
    ["nothing", [], paragraph()],
    ["an empty text", [text("")], paragraph()],
    ["text alone", [text("a")], paragraph("a")],
    ["text before a block", [text("a"), ...paragraph("b")], [...paragraph("a"), ...paragraph("b")]],
    ["an image alone", [embed], [...paragraph(), embed]],
  ];
  test.each(cases)("%s", (_name, spans, written) => {
    expect(beginsWithBlock(spans)).toBe(false);
    const doc = docFromSpans(spans);
    doc.check();
    expect(spansFromDoc(doc)).toEqual(written);
  });
});

describe("a value that is not what its type says still gives a valid document", () => {
  const cases: [string, unknown][] = [
    ["a marker without anything", [{ type: "block", value: {} }]],
    ["parents that are no list", [{ type: "block", value: { type: "heading", parents: "x" } }]],
    ["the name of a node that is no block", [block("doc"), block("text"), block("embed")]],
    ["a name every object has", [block("constructor"), block("__proto__")]],
    ["a link that is no JSON", paragraph(marked("a", { link: "https://example.org" }))],
    ["a link that is a JSON scalar", paragraph(marked("a", { link: "null" }))],
    ["a mention of nobody", paragraph(marked("a", { [MENTION_MARK]: "{}" }))],
    ["half an emoji", paragraph("\ud83d")],
  ];
  test.each(cases)("%s", (_name, spans) => {
    const doc = docFromSpans(spans as Span[]);
    doc.check();
    expect(docFromSpans(spansFromDoc(doc)).eq(doc)).toBe(true);
  });
});

test.each([
  "javascript:alert(1)",
  " java\nscript:alert(1)",
  "JAVASCRIPT:alert(1)",
  "data:text/html,<script>",
  "vbscript:x",
  "http://[",
])("%j never becomes a link", (href) => {
  const doc = docFromSpans(paragraph(marked("a", { link: JSON.stringify({ href }) })));
  expect(doc.rangeHasMark(1, 2, schema.marks.link)).toBe(false);
});

test.each(["https://example.org", "http://a", "mailto:a@b", "tel:+49", "/orders/1", "#x"])(
  "%j becomes a link",
  (href) => {
    const doc = docFromSpans(paragraph(marked("a", { link: JSON.stringify({ href }) })));
    expect(doc.rangeHasMark(1, 2, schema.marks.link)).toBe(true);
  },
);

test("the order in which a text names its marks does not make another document", () => {
  const one = docFromSpans(paragraph(marked("a", { x: "1", y: "2", em: true })));
  const other = docFromSpans(paragraph(marked("a", { em: true, y: "2", x: "1" })));
  expect(one.eq(other)).toBe(true);
});
