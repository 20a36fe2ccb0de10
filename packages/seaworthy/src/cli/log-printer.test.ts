import { expect, test } from "vitest";
import { logPrinter } from "./log-printer.ts";

const line = { service: "db", time: "2026-01-31T12:00:00.000Z", stream: "stdout", text: "ready" } as const;
const look = { prefix: true, timestamps: false, colour: false };

test("names stand in a column as wide as the longest that may come", () => {
  expect(logPrinter(["db", "worker"], look)(line)).toBe("db     | ready");
});

test("times and no names, as asked", () => {
  const print = logPrinter(["db"], { prefix: false, timestamps: true, colour: false });
  expect(print(line)).toBe("2026-01-31T12:00:00.000Z ready");
});

test("each service has a colour that stays", () => {
  const print = logPrinter(["app", "db"], { ...look, colour: true });
  expect(print(line)).toBe(print(line));
  expect(print(line)).not.toBe(print({ ...line, service: "app" }).replace("app", "db"));
});
