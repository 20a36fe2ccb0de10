/** Whether files can be given to any user: an ordinary user, also as uid 0 of a namespace of its own, has one id to give. */
import { readFileSync } from "node:fs";

/** False for an ordinary user and for uid 0 of a user namespace that maps a single id (user_namespaces(7)). */
export function hasAllIds(): boolean {
  return process.geteuid?.() === 0 && !mapsOneId(readFileSync("/proc/self/uid_map", "utf8"));
}

/** @param map as `/proc/<pid>/uid_map` has it: lines of first id inside, first id outside, and how many */
export function mapsOneId(map: string): boolean {
  const counts = map
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => Number(line.trim().split(/\s+/)[2]));
  return counts.length === 1 && counts[0] === 1;
}
