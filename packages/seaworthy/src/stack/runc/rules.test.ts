import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { digestOf } from "../../content/digest.ts";
import type { HealthCheck, Restart } from "../../engine/container.ts";
import type { LogLine } from "../log-line.ts";
import { dependency, progressOf, type ServiceState } from "../state.ts";
import { afterCheck, type Health, STARTING, untilNextCheck } from "./health.ts";
import { keepLog, type LogSink, logWriter, parseLine, readLog } from "./log-file.ts";
import { failedStarts, restartDelay } from "./restart.ts";

const CHECK: HealthCheck = {
  argv: ["/check"],
  interval: 1000,
  timeout: 100,
  startPeriod: 500,
  startInterval: 50,
  retries: 2,
};

/** Results with the age at which they came, and the health they lead to. */
test.each<[string, readonly (readonly [boolean, number])[], Health]>([
  ["one success is enough", [[true, 0]], { status: "healthy", failures: 0 }],
  [
    "failures of the start period do not count",
    [
      [false, 1],
      [false, 2],
      [false, 499],
    ],
    STARTING,
  ],
  [
    "they count from its end",
    [
      [false, 1],
      [false, 500],
    ],
    { status: "starting", failures: 1 },
  ],
  [
    "as many as allowed in a row",
    [
      [false, 500],
      [false, 600],
    ],
    { status: "unhealthy", failures: 2 },
  ],
  [
    "after a success they count at once",
    [
      [true, 1],
      [false, 2],
      [false, 3],
    ],
    { status: "unhealthy", failures: 2 },
  ],
  [
    "one failure of a healthy service",
    [
      [true, 1],
      [false, 600],
    ],
    { status: "healthy", failures: 1 },
  ],
  [
    "a success forgives all",
    [
      [false, 500],
      [false, 600],
      [true, 700],
    ],
    { status: "healthy", failures: 0 },
  ],
])("health: %s", (_, results, health) => {
  expect(results.reduce((before, [passed, age]) => afterCheck(before, CHECK, passed, age), STARTING)).toEqual(
    health,
  );
});

test("checks are frequent while starting up, then at their interval", () => {
  expect(untilNextCheck(STARTING, CHECK, 0)).toBe(50);
  expect(untilNextCheck(STARTING, CHECK, 500)).toBe(1000);
  expect(untilNextCheck({ status: "healthy", failures: 0 }, CHECK, 0)).toBe(1000);
});

test.each<[Restart, number | undefined, number, number | undefined]>([
  [{ policy: "no" }, 1, 0, undefined],
  [{ policy: "always" }, 0, 0, 100],
  [{ policy: "unless-stopped" }, 1, 9, 100],
  [{ policy: "on-failure", attempts: undefined }, 0, 0, undefined],
  [{ policy: "on-failure", attempts: undefined }, undefined, 50, 100],
  [{ policy: "on-failure", attempts: 2 }, 1, 1, 100],
  [{ policy: "on-failure", attempts: 2 }, 1, 2, undefined],
])("restart: %j after code %s and %i restarts", (policy, code, restarts, delay) => {
  expect(restartDelay(policy, { code }, restarts, 1)).toBe(delay);
});

test("delays double up to a minute, and start anew after it has worked", () => {
  const delays = [1, 2, 3, 10, 11, 1000].map((failed) =>
    restartDelay({ policy: "always" }, { code: 1 }, 0, failed),
  );
  expect(delays).toEqual([100, 200, 400, 51_200, 60_000, 60_000]);
  expect([failedStarts(4, 9_999), failedStarts(4, 10_000)]).toEqual([5, 0]);
});

const SERVICE: ServiceState = {
  name: "app",
  status: "created",
  image: { reference: "x", digest: "sha256:0" },
  ports: [],
  outOfMemory: false,
  restarts: 0,
  settled: false,
  health: [],
};

test.each<[Partial<ServiceState>, string]>([
  [{ status: "created" }, "waiting"],
  [{ status: "starting" }, "waiting"],
  [{ status: "running" }, "ready"],
  [{ status: "healthy" }, "ready"],
  [{ status: "unhealthy" }, "failed"],
  [{ status: "exited" }, "waiting"],
  [{ status: "exited", settled: true, exitCode: 0 }, "ready"],
  [{ status: "exited", settled: true, exitCode: 1 }, "failed"],
  [{ status: "exited", settled: true, signal: "SIGKILL" }, "failed"],
  [{ status: "exited", settled: true, failure: "no" }, "failed"],
])("progress: %j is %s", (changes, kind) => {
  const services = [
    { ...SERVICE, status: "healthy" as const },
    { ...SERVICE, ...changes },
  ];
  expect(
    progressOf({ project: "p", engine: "runc", declared: digestOf(""), startedAt: "", services }).kind,
  ).toBe(kind);
});

test.each<[Partial<ServiceState>, readonly (string | undefined)[]]>([
  [{}, [undefined, undefined, undefined]],
  [{ status: "starting" }, [undefined, undefined, undefined]],
  [{ status: "starting", pid: 5 }, ["met", undefined, undefined]],
  [{ status: "healthy", pid: 5 }, ["met", "met", undefined]],
  [{ status: "unhealthy", pid: 5 }, ["met", "never", undefined]],
  [{ status: "exited", settled: true, exitCode: 0 }, ["met", "never", "met"]],
  [{ status: "exited", settled: true, exitCode: 1 }, ["met", "never", "never"]],
  [{ status: "exited", settled: true, failure: "no" }, ["never", "never", "never"]],
])("a dependency %j is started, healthy, completed: %j", (changes, verdicts) => {
  const conditions = ["started", "healthy", "completed"] as const;
  expect(conditions.map((condition) => dependency({ ...SERVICE, ...changes }, condition))).toEqual(verdicts);
});

const sinkInto = (lines: LogLine[]): LogSink => ({
  async write(text) {
    const whole = Buffer.from(text, "latin1").toString("utf8");
    lines.push(...whole.split("\n").flatMap((line) => parseLine(line) ?? []));
  },
  flush: () => Promise.resolve(),
});

test("lines that come while the disk is busy go out together, each once and in order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-log-"));
  try {
    const file = join(folder, "app.log");
    const texts = Array.from({ length: 5000 }, (_, index) => `${index} ${"x".repeat(index % 700)}`);
    await keepLog(Readable.from(texts.map((text) => Buffer.from(`${text}\n`))), "stdout", logWriter(file));
    expect((await readLog(file)).map(({ text }) => text)).toEqual(texts);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a disk that takes nothing costs lines, not the service that prints them", async () => {
  const sink = logWriter("/proc/nowhere/app.log");
  await expect(keepLog(Readable.from([Buffer.from("lost\n")]), "stdout", sink)).resolves.toBeUndefined();
});

test("log lines are cut at line ends wherever the chunks are, also within a character", async () => {
  const bytes = Buffer.from("one\ntwö\n\nlast");
  const chunks = [...bytes].map((byte) => Buffer.from([byte]));
  const lines: LogLine[] = [];
  await keepLog(Readable.from(chunks), "stderr", sinkInto(lines));
  expect(lines.map((line) => line.text)).toEqual(["one", "twö", "", "last"]);
  expect(lines[0]?.stream).toBe("stderr");
});

test("a line without an end is broken, not collected", async () => {
  const lines: LogLine[] = [];
  await keepLog(Readable.from([Buffer.alloc(40_000, "x")]), "stdout", sinkInto(lines));
  expect(lines.map((line) => line.text.length)).toEqual([16_384, 16_384, 40_000 - 2 * 16_384]);
});

test("logs rotate by size, keep so many files, and read back in order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-log-"));
  try {
    const file = join(folder, "app.log");
    const sink = logWriter(file, { maxSize: 200, maxFiles: 3 });
    for (let index = 0; index < 20; index += 1) {
      await sink.write(`2026-01-01T00:00:00Z stdout F ${index} ${"x".repeat(30)}\n`);
      await sink.flush();
    }
    expect(readdirSync(folder).sort()).toEqual(["app.log", "app.log.1", "app.log.2"]);
    const kept = (await readLog(file)).map((one) => Number.parseInt(one.text, 10));
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 20 - kept.length + index));
    expect(kept.length).toBeGreaterThan(4);
    expect(await readLog(join(folder, "none.log"))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
