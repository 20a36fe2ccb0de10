/** When each Node release line is supported: an image should not start its life on a dead one. */

export interface ReleaseLine {
  readonly major: number;
  /** Days, as ISO dates: first release, long-term support, maintenance only, last day of support. */
  readonly start: string;
  readonly lts: string;
  readonly maintenance: string;
  readonly end: string;
}

export type Phase = "unknown" | "current" | "active" | "maintenance" | "ended";

/** From `schedule.json` of https://github.com/nodejs/Release; odd lines live half a year and are never chosen. */
const LINES: readonly ReleaseLine[] = [
  { major: 18, start: "2022-04-19", lts: "2022-10-25", maintenance: "2023-10-18", end: "2025-04-30" },
  { major: 20, start: "2023-04-18", lts: "2023-10-24", maintenance: "2024-10-22", end: "2026-04-30" },
  { major: 22, start: "2024-04-24", lts: "2024-10-29", maintenance: "2025-10-21", end: "2027-04-30" },
  { major: 24, start: "2025-05-06", lts: "2025-10-28", maintenance: "2026-10-20", end: "2028-04-30" },
  { major: 26, start: "2026-04-22", lts: "2026-10-28", maintenance: "2027-10-20", end: "2029-04-30" },
];

/** Best first: what to run a new image on, all else being equal. */
const PREFERENCE: readonly Phase[] = ["active", "maintenance", "current", "unknown", "ended"];

/** @param date ISO, `2026-11-23` or longer */
export function phaseOf(major: number, date: string): Phase {
  const day = date.slice(0, 10);
  const line = LINES.find((line) => line.major === major);
  if (line === undefined) return major < 18 || major % 2 === 1 ? "ended" : "unknown";
  if (day > line.end) return "ended";
  if (day >= line.maintenance) return "maintenance";
  if (day >= line.lts) return "active";
  return day >= line.start ? "current" : "unknown";
}

/** The last day of support, where it is known. */
export function endOfLife(major: number): string | undefined {
  return LINES.find((line) => line.major === major)?.end;
}

/** Sorts lines: active long-term support first, then maintenance; newer before older. */
export function byPreference(date: string): (a: number, b: number) => number {
  return (a, b) => PREFERENCE.indexOf(phaseOf(a, date)) - PREFERENCE.indexOf(phaseOf(b, date)) || b - a;
}
