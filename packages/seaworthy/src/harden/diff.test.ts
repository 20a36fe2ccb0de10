import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffText, unifiedDiff } from "./diff.ts";

describe("unified diff", () => {
  it("is nothing for the same text", () => {
    expect(unifiedDiff("a\n", "a\n", "f")).toEqual([]);
  });

  it("counts lines as diff does", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    expect(diffText(unifiedDiff(before, before.replace("5\n", "5\nnew\n"), "f"))).toBe(
      "--- a/f\n+++ b/f\n@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+new\n 6\n 7\n 8\n",
    );
  });

  it("says when the last line has no end", () => {
    expect(diffText(unifiedDiff("a", "a\n", "f"))).toBe(
      "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n",
    );
  });

  it("is taken by git apply, and gives the other text byte for byte", () => {
    const line = fc.constantFrom("a", "b", "c", "  key: value", "", "d\r");
    const text = fc.tuple(fc.array(line, { maxLength: 14 }), fc.boolean()).map(([lines, ended]) => {
      const joined = lines.join("\n");
      return ended && joined !== "" ? `${joined}\n` : joined;
    });
    const folder = mkdtempSync(join(tmpdir(), "diff-"));
    try {
      fc.assert(
        fc.property(text, text, (before, after) => {
          // An empty side is a file that is made or removed, which has another form.
          fc.pre(before !== after && before !== "" && after !== "");
          writeFileSync(join(folder, "f"), before);
          const input = diffText(unifiedDiff(before, after, "f"));
          execFileSync("git", ["apply", "--whitespace=nowarn", "--unidiff-zero"], {
            cwd: folder,
            input,
            stdio: ["pipe", "ignore", "pipe"],
          });
          expect(readFileSync(join(folder, "f"), "utf8")).toBe(after);
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
