import { expect, test } from "vitest";
import { parseSize } from "./sizes.ts";

test.each([
  ["0", 0],
  ["4096", 4096],
  ["10b", 10],
  ["1k", 1024],
  ["64m", 67_108_864],
  ["64M", 67_108_864],
  ["64mb", 67_108_864],
  ["64MiB", 67_108_864],
  ["1gb", 1_073_741_824],
  ["1.5g", 1_610_612_736],
  ["1 gb", 1_073_741_824],
])("%s is %d bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(["", "m", "-1m", "1x", "1mm", "1,5g", "0x10", "999999999p", "1i"])("%j is no size", (text) => {
  expect(parseSize(text)).toBeUndefined();
});
