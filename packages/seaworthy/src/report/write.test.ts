import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkReport } from "@seaworthy/evidence";
import { afterEach, beforeEach, expect, test } from "vitest";
import { assembleReport } from "./assemble.ts";
import { FACTS, FINDINGS } from "./report.fixture.ts";
import { writeReport } from "./write.ts";

const report = assembleReport(FACTS, FINDINGS);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("the files are there, the JSON reads back as the report, and nothing else is left", async () => {
  const directory = join(folder, "project", ".seaworthy");
  const files = await writeReport(directory, report, { language: "ru", sarif: "{}\n" });
  expect(checkReport(JSON.parse(await readFile(files.json, "utf8")))).toEqual(report);
  expect(await readFile(files.markdown, "utf8")).toMatch(/^# myapp: нарушено 1 утверждение/);
  expect((await readdir(directory)).toSorted()).toEqual([
    "report.json",
    "report.junit.xml",
    "report.md",
    "report.sarif",
  ]);
  expect(await readFile(files.junit, "utf8")).toContain('<testsuites name="myapp"');
});

test("written again, the same report is the same bytes", async () => {
  const first = await writeReport(folder, report, { language: "en", sarif: "{}\n" });
  const bytes = await Promise.all([readFile(first.json), readFile(first.markdown)]);
  const second = await writeReport(folder, report, { language: "en", sarif: "{}\n" });
  expect(await Promise.all([readFile(second.json), readFile(second.markdown)])).toEqual(bytes);
});

test("a file that cannot be put in place leaves no half of it behind", async () => {
  await mkdir(join(folder, "report.json", "in-the-way"), { recursive: true });
  await expect(writeReport(folder, report, { language: "en", sarif: "{}\n" })).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["report.json"]);
});

test("a report that cannot be written as JSON leaves the earlier one alone", async () => {
  await writeFile(join(folder, "report.json"), "earlier");
  await expect(
    writeReport(folder, { ...report, exitCode: Number.NaN as 0 }, { language: "en", sarif: "{}\n" }),
  ).rejects.toThrow(TypeError);
  expect(await readFile(join(folder, "report.json"), "utf8")).toBe("earlier");
});
