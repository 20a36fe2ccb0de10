import { expect, test } from "vitest";
import { toFileChanges } from "./changes.ts";

test("changes by path, in words", () => {
  const changes = [
    { Path: "/tmp/b", Kind: 1 },
    { Path: "/tmp", Kind: 0 },
    { Path: "/etc/a", Kind: 2 },
    { Path: "/what", Kind: 9 },
  ];
  expect(toFileChanges(changes)).toEqual([
    { path: "/etc/a", kind: "deleted" },
    { path: "/tmp", kind: "changed" },
    { path: "/tmp/b", kind: "added" },
  ]);
});
