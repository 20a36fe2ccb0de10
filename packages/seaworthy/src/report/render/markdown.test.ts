import type { Report } from "@seaworthy/evidence";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assembleReport } from "../assemble.ts";
import { FACTS, FINDINGS } from "../report.fixture.ts";
import { type Language, WORDS } from "./language.ts";
import { renderMarkdown } from "./markdown.ts";

const report = assembleReport(FACTS, FINDINGS);
const LANGUAGES: readonly Language[] = ["en", "ru"];
const OUR_TAGS = new Set([
  "<details>",
  "</details>",
  "<summary>",
  "</summary>",
  "<b>",
  "</b>",
  "<code>",
  "</code>",
]);

function withoutBlocks(text: string): string {
  return text.replaceAll(/^(`{3,})sh\n.*\n\1$/gm, "");
}

/** What is left without code and escaped characters: all that Markdown and HTML see as markup. */
function markup(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]+`|\\./g, "");
}

function tagsOf(text: string): readonly string[] {
  return markup(text).match(/<[^>]*>?/g) ?? [];
}

/** Each run of lines that start with a pipe, as numbers of pipes. */
function tablesOf(text: string): readonly (readonly number[])[] {
  return text
    .trimEnd()
    .split("\n\n")
    .filter((block) => block.startsWith("|"))
    .map((block) => block.split("\n").map((line) => line.split("|").length));
}

function headings(text: string): readonly string[] {
  return withoutBlocks(text)
    .split("\n")
    .filter((line) => line.startsWith("#"));
}

describe.each(LANGUAGES)("in %s", (language) => {
  const text = renderMarkdown(report, language);

  test("chapters C1, C2 and C3 in their order, after the sentence that matters", () => {
    const chapters = headings(text).filter((line) => line.startsWith("## "));
    expect(chapters.map((line) => line.slice(3, 5))).toEqual(["C1", "C2", "C3"]);
    expect(headings(text)[0]).toMatch(/^# myapp: .*1/);
  });

  test("every table has rows of one width", () => {
    const tables = tablesOf(text);
    expect(tables.length).toBeGreaterThan(6);
    for (const widths of tables) expect(new Set(widths).size).toBe(1);
  });

  test("every finding is there with its steps and its id", () => {
    for (const { id, hardened, twin } of report.findings) {
      expect(text).toContain(`<code>${id}</code>`);
      for (const { did } of [...(hardened?.steps ?? []), ...(twin?.steps ?? [])])
        expect(text).toContain(`\`${did}\``);
    }
  });

  test("who gets through to whom: a row for each place, a column for each service", () => {
    const cells = (of: string): unknown =>
      text
        .split("\n")
        .filter((line) => line.startsWith(`| ${of} |`))
        .at(-1)
        ?.split("|")
        .slice(2, -1)
        .map((cell) => cell.trim());
    const { machine, notReached } = WORDS[language];
    expect(cells(WORDS[language].from)).toEqual(["app", "db"]);
    expect(cells("app")).toEqual(["", "❌ `5432`"]);
    expect(cells("db")).toEqual([notReached, ""]);
    expect(cells(machine)).toEqual(["?", "—"]);
  });

  test("what opens is closed", () => {
    const count = (tag: string): number => tagsOf(text).filter((one) => one === tag).length;
    expect(count("<details>")).toBe(count("</details>"));
    expect(count("<details>")).toBe(report.findings.length + report.images.length);
  });

  test("how to repeat it stands alone, to be copied", () => {
    expect(text).toContain("\n```sh\nnpx seaworthy prove examples/myapp\n```\n");
  });
});

test("what failed comes first: what the attack achieved, the line, and what to write", () => {
  const text = renderMarkdown(report, "en");
  const breached = text.slice(text.indexOf("#### ❌ app: The root is read-only"));
  expect(breached.split("\n").slice(2, 6)).toEqual([
    "- **Status**: breached",
    "- **The attack**: it was breached",
    "- **Where**: `compose.yaml:7 services.app.read_only`",
    "- **Fix**: `read_only: true`",
  ]);
  expect(headings(text).filter((line) => line.startsWith("####"))).toEqual([
    "#### ❌ app: The root is read-only",
    "#### ❓ app: System calls are filtered",
    "#### ⚠️ app: The image is small",
  ]);
});

test("the same act stands in one row, different ones in two", () => {
  const text = renderMarkdown(report, "en");
  expect(text).toContain('| `open("/etc/shadow", O_WRONLY)` | `EROFS` | `4` | the read-only mount |');
  expect(text).toContain("| `keyctl()` | `EPERM` |  |\n| `bpf()` |  | `EPERM` |");
});

test("claims by services: the worst of each", () => {
  const text = renderMarkdown(report, "en");
  expect(text).toContain("| Claim | app | db |\n| --- | --- | --- |\n| The root is read-only | ❌ | ✅ |");
  expect(text).toContain("| There is no shell |  | – |");
});

test("layers with sizes, the total, and the hand-written report's image beside it", () => {
  const text = renderMarkdown(report, "en");
  expect(text).toMatch(/\| runtime \| `█{21}···` \| 126.8 MB \| 45 MB \| 8 \| node 24.21.0 \|/);
  expect(text).toContain("| **Total** |  | **147.8 MB** | **50 MB** | 25 |  |");
  expect(text).toContain("147.8 MB unpacked is 47% of the 315 MB");
});

test("the stack: status, health, ports, limits, and why a service is not healthy", () => {
  const text = renderMarkdown(report, "en");
  expect(text).toContain(
    "| app | myapp:prod | running | unhealthy | `127.0.0.1:443 → 8443`, `127.0.0.1:8000 → 8000` | 256 MiB of memory, 64 processes, 0.5 CPUs | ❌ `docker-default (enforce)`; declared, but not seen: `apparmor=mine` | 2 |",
  );
  expect(text).toContain("| db | postgres:15 | running | not checked | none | none | not known | 0 |");
  expect(text).toContain("- **app**: `connection refused`");
});

test("the security modules of the machine, and that they are not known where they are not", () => {
  expect(renderMarkdown(report, "en")).toContain("- **Security modules**: capability, apparmor\n");
  const { securityModules: _, ...engine } = report.engine;
  const text = renderMarkdown({ ...report, engine }, "en");
  expect(text).toContain("- **Security modules**: not known: the kernel's list of them");
});

test.each<[string | undefined, readonly string[], string]>([
  ["mine (enforce)", [], "`mine (enforce)`"],
  ["unconfined", ["apparmor=mine"], "❌ `unconfined`; declared, but not seen: `apparmor=mine`"],
  [undefined, ["label=type:t"], "❓ not known; declared, but not seen: `label=type:t`"],
  [undefined, [], "not known"],
])("what confines a service: %s, and of the declaration unseen: %j", (label, unseen, cell) => {
  const [, db] = report.services;
  const services = [
    {
      ...(db as (typeof report.services)[number]),
      ...(label === undefined ? {} : { confinement: label }),
      ...(unseen.length === 0 ? {} : { confinementUnseen: unseen }),
    },
  ];
  expect(renderMarkdown({ ...report, services }, "en")).toContain(`| none | none | ${cell} | 0 |`);
});

test.each([
  [1, "нарушено 1 утверждение,"],
  [3, "нарушено 3 утверждения,"],
  [11, "нарушено 11 утверждений,"],
  [21, "нарушено 21 утверждение,"],
  [112, "нарушено 112 утверждений,"],
])("Russian counts %d as it should", (breached, words) => {
  expect(renderMarkdown({ ...report, summary: { ...report.summary, breached } }, "ru")).toContain(words);
});

test("a report that proves nothing says so", () => {
  const empty = assembleReport({ ...FACTS, images: [], services: [] }, []);
  expect(renderMarkdown(empty, "en")).toMatch(/^# myapp: nothing was proven\n/);
});

describe("hostile text", () => {
  const FREE = new Set(
    [
      "project name version kernel reference createdBy origin pinnedBy image problem repeat user platform",
      "address healthCheck id control service en ru did saw file key",
    ].flatMap((names) => names.split(" ")),
  );

  /** The report with something before and after every text that comes from outside. */
  function spoilt(value: unknown, around: (text: string) => string, key = ""): unknown {
    if (typeof value === "string") return FREE.has(key) ? around(value) : value;
    if (Array.isArray(value)) return value.map((item) => spoilt(item, around, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, spoilt(inner, around, name)]),
    );
  }

  const plain = renderMarkdown(spoilt(report, (text) => `${text}!`) as Report, "en");
  const payload = fc.oneof(
    fc.constantFrom(
      "</summary></details><script>alert(1)</script>",
      "<img src=x onerror=alert(1)>",
      "| a | b |\n| --- | --- |\n",
      "\n\n# heading\n\n- item\n",
      "\n</details>\n\n<details open>\n",
      "\\|\\`|`` ```\n```",
      "[x](javascript:alert(1)) ![y](//z) <javascript:z>",
      "`<b>`|\\",
      "\u202e\u0000\u001b[2J\u2028",
      "<!-- --> <![CDATA[ ]]> &lt;b&gt;",
    ),
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(...Array.from("|`\\<>*_[]#-\n \"'&;")) }),
  );

  test("adds no line, no cell, no heading and no tag", () => {
    fc.assert(
      fc.property(payload, fc.constantFrom(...LANGUAGES), (evil, language) => {
        const text = renderMarkdown(spoilt(report, (one) => `${evil}${one}${evil}!`) as Report, language);
        expect(text.split("\n").length).toBe(plain.split("\n").length);
        expect(tablesOf(text)).toEqual(tablesOf(plain));
        expect(headings(text).length).toBe(headings(plain).length);
        expect(tagsOf(text).filter((tag) => !OUR_TAGS.has(tag))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
