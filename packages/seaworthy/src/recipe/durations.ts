/** Durations as Compose writes them: `1m30s`, `90s`, `500ms`, `1.5h`. */
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectText } from "./expect.ts";

const MILLISECONDS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const PART = /(\d+(?:\.\d+)?)(us|ms|s|m|h|d|w)/gy;

/** In milliseconds, or `undefined` when the text is no duration. A bare `0` is none, as in Go. */
export function parseDuration(text: string): number | undefined {
  let total = 0;
  let end = 0;
  for (const match of text.matchAll(PART)) {
    total += Number(match[1]) * (MILLISECONDS[match[2] ?? ""] ?? 0);
    end = match.index + match[0].length;
  }
  if (text === "0") return 0;
  return end === text.length && end > 0 && Number.isSafeInteger(Math.round(total)) ? total : undefined;
}

/** In milliseconds. */
export function readDuration(node: ComposeNode): number {
  const duration = parseDuration(expectText(node));
  if (duration === undefined) throw valueFault(node, "a duration like 1m30s");
  return duration;
}
