import { expect, test } from "vitest";
import { parseDuration } from "./durations.ts";

test.each([
  ["90s", 90_000],
  ["1m30s", 90_000],
  ["1h5m30s20ms", 3_930_020],
  ["500ms", 500],
  ["1.5h", 5_400_000],
  ["0", 0],
  ["0s", 0],
  ["1d", 86_400_000],
  ["250us", 0.25],
])("%s is %d ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "s", "10", "1x", "-1s", "1s ", " 1s", "1s2", "1e3s", "99999999999999999h"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
