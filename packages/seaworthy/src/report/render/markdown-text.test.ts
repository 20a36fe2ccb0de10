import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { code, codeBlock, html, prose } from "./markdown-text.ts";

describe("prose", () => {
  test.each([
    ["read_only is snake_case", "read_only is snake_case"],
    ["_emphasis_ and *this*", "\\_emphasis\\_ and \\*this\\*"],
    ["<script>", "&lt;script&gt;"],
    ["&lt;", "&amp;lt;"],
    ["a|b", "a&#124;b"],
    ["a\\|b", "a\\\\&#124;b"],
    ["[click](javascript:x)", "\\[click\\](javascript:x)"],
    ["https://example.org", "https&#58;//example.org"],
    ["one\r\ntwo\nthree", "one ↵ two ↵ three"],
    ["\u001b[31mred\u202eder", "\uFFFD\\[31mred\uFFFDder"],
    ["lone \ud800 half", "lone \uFFFD half"],
  ])("%j", (text, expected) => {
    expect(prose(text)).toBe(expected);
  });
});

describe("code", () => {
  test.each([
    ['open("/etc/passwd")', '`open("/etc/passwd")`'],
    ["<script>", "`<script>`"],
    ["a\\", "`a\\`"],
    ["a|b", "<code>a&#124;b</code>"],
    ["`<b>`", "<code>&#96;&#60;b&#62;&#96;</code>"],
    ["", "—"],
    ["\n", "—"],
  ])("%j", (text, expected) => {
    expect(code(text)).toBe(expected);
  });
});

test("a block's fence is longer than any in the text", () => {
  expect(codeBlock("a ```` b\n# c")).toBe("`````sh\na ```` b ↵ # c\n`````");
});

test("whatever the text, it is one line, no table cell ends in it and no tag begins in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 900 }), (text) => {
      for (const harmless of [prose(text), code(text), html(text)]) {
        expect(harmless).not.toMatch(/[\p{Cc}\u2028\u2029|]/u);
      }
      expect(prose(text)).not.toMatch(/[<>]/);
      expect(html(text)).not.toMatch(/[<>"]/);
      expect(code(text)).toMatch(/^(?:`[^`]+`|<code>[^<>`]+<\/code>|—)$/);
    }),
  );
});
