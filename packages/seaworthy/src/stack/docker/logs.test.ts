import { expect, test } from "vitest";
import { inTimeOrder } from "./logs.ts";

test("lines of several sources come in the order of their times", async () => {
  const ended: string[] = [];
  async function* source(name: string, ...times: readonly string[]) {
    try {
      for (const time of times) yield { service: name, time, stream: "stdout" as const, text: time };
    } finally {
      ended.push(name);
    }
  }
  const lines: string[] = [];
  const merged = inTimeOrder([
    source("a", "2026-01-01T00:00:01Z", "2026-01-01T00:00:04Z"),
    source("b", "2026-01-01T00:00:02Z", "2026-01-01T00:00:03Z", "2026-01-01T00:00:05Z"),
    source("c"),
  ]);
  for await (const line of merged) {
    lines.push(`${line.service}${line.time.slice(17, 19)}`);
    if (lines.length === 4) break;
  }
  expect(lines).toEqual(["a01", "b02", "b03", "a04"]);
  expect(ended.sort()).toEqual(["a", "b", "c"]);
});
