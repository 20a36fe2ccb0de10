import { expect, test } from "vitest";
import { parseExposed } from "./exposed-ports.ts";

test.each([
  ["8000", 8000, 8000, "tcp"],
  ["53/UDP", 53, 53, "udp"],
  ["8000-8010", 8000, 8010, "tcp"],
  ["8000-8010/sctp", 8000, 8010, "sctp"],
])("%s", (text, from, to, protocol) => {
  expect(parseExposed(text)).toEqual({ from, to, protocol });
});

test.each(["", "http", "8010-8000", "65536", "80:80", "-1", "8000-", "80/"])("%j names no port", (text) => {
  expect(parseExposed(text)).toBeUndefined();
});
