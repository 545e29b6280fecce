// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { block, marked, paragraph } from "./memory-text.js";
import { renderSpans } from "./render.js";
import { MENTION_MARK, type Span } from "./rich-text.js";

function html(spans: Span[]): string {
  const frame = document.createElement("div");
  frame.append(renderSpans(spans, document));
  return frame.innerHTML.replaceAll(' dir="auto"', "");
}

const item = (type: string, depth: number, text: string): Span[] => [
  block(`${type}-list-item`, {}, Array<string>(depth).fill("unordered-list-item")),
  { type: "text", value: text },
];

test.each<[string, Span[], string]>([
  ["a paragraph", paragraph("a\nb"), "<p>a\nb</p>"],
  ["markup in a text stays text", paragraph("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>"],
  ["a heading", [block("heading", { level: 2 }), ...paragraph("x").slice(1)], "<h2>x</h2>"],
  [
    "a link opens elsewhere and tells nothing",
    paragraph(marked("x", { link: '{"href":"https://example.org/"}' })),
    '<p><a href="https://example.org/" target="_blank" rel="noopener noreferrer nofollow">x</a></p>',
  ],
  [
    "a link to a script is text",
    paragraph(marked("x", { link: '{"href":"javascript:alert(1)"}' })),
    "<p><span>x</span></p>",
  ],
  [
    "a mention",
    paragraph(marked("@Ada", { [MENTION_MARK]: '{"member":"m1"}' })),
    '<p><span class="mention" data-member="m1">@Ada</span></p>',
  ],
  [
    "items in lists, and lists in items",
    [
      ...item("unordered", 0, "a"),
      ...item("ordered", 1, "b"),
      ...item("ordered", 1, "c"),
      ...item("unordered", 0, "d"),
    ],
    "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>",
  ],
  [
    "another kind of list at the same depth is another list",
    [...item("unordered", 0, "a"), ...item("ordered", 0, "b")],
    "<ul><li>a</li></ul><ol><li>b</li></ol>",
  ],
  [
    "a paragraph ends a list",
    [...item("ordered", 0, "a"), ...paragraph("b"), ...item("ordered", 0, "c")],
    "<ol><li>a</li></ol><p>b</p><ol><li>c</li></ol>",
  ],
  [
    "an item deeper than any before it",
    item("unordered", 1, "a"),
    '<ul><li class="gap"><ul><li>a</li></ul></li></ul>',
  ],
])("%s", (_name, spans, expected) => {
  expect(html(spans)).toBe(expected);
});
