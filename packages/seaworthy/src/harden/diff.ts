/** The difference of two texts as a unified diff, the form that `patch` and `git apply` take. */

export interface DiffLine {
  readonly kind: "file" | "hunk" | "kept" | "removed" | "added" | "remark";
  /** With its sign, without a line break. */
  readonly text: string;
}

interface Op {
  readonly kind: "kept" | "removed" | "added";
  /** With its line break, as it stands in the file. */
  readonly line: string;
}

const CONTEXT = 3;

/**
 * Empty when the texts are the same. The shortest one there is (E. Myers, An O(ND) Difference Algorithm, 1986).
 * A line break of Windows stays in the line that it ends.
 * @param file the name for both sides
 */
export function unifiedDiff(before: string, after: string, file: string): readonly DiffLine[] {
  if (before === after) return [];
  const ops = shortest(linesOf(before), linesOf(after));
  const lines: DiffLine[] = [
    { kind: "file", text: `--- a/${file}` },
    { kind: "file", text: `+++ b/${file}` },
  ];
  for (const [from, to] of hunks(ops)) {
    const hunk = ops.slice(from, to);
    const start = { old: countOf(ops.slice(0, from), "added"), new: countOf(ops.slice(0, from), "removed") };
    const size = { old: countOf(hunk, "added"), new: countOf(hunk, "removed") };
    lines.push({ kind: "hunk", text: `@@ -${range(start.old, size.old)} +${range(start.new, size.new)} @@` });
    for (const { kind, line } of hunk) {
      const sign = kind === "kept" ? " " : kind === "added" ? "+" : "-";
      lines.push({ kind, text: sign + line.replace(/\n$/, "") });
      if (!line.endsWith("\n")) lines.push({ kind: "remark", text: "\\ No newline at end of file" });
    }
  }
  return lines;
}

export function diffText(lines: readonly DiffLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join("");
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Of all but the other side's lines. */
function countOf(ops: readonly Op[], except: Op["kind"]): number {
  return ops.filter(({ kind }) => kind !== except).length;
}

/** Lines are counted from one; a range of none names the line before it. */
function range(skipped: number, size: number): string {
  const first = size === 0 ? skipped : skipped + 1;
  return size === 1 ? String(first) : `${first},${size}`;
}

/** Changes with their context; those whose contexts touch are one. */
function hunks(ops: readonly Op[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  ops.forEach(({ kind }, index) => {
    if (kind === "kept") return;
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(ops.length, index + CONTEXT + 1)];
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else found.push([from, to]);
  });
  return found;
}

/** What both texts begin and end with is not searched. */
function shortest(before: readonly string[], after: readonly string[]): readonly Op[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const kept = (line: string): Op => ({ kind: "kept", line });
  return [
    ...before.slice(0, head).map(kept),
    ...walkBack(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(kept),
  ];
}

/** Finds how far each diagonal gets with each number of edits, then goes the way back. */
function walkBack(before: readonly string[], after: readonly string[]): readonly Op[] {
  const trace = furthest(before, after);
  const ops: Op[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reach = trace[edits] ?? new Map<number, number>();
    const k = x - y;
    const down = goesDown(reach, k, edits);
    const previousX = reach.get(down ? k + 1 : k - 1) ?? 0;
    const previousY = previousX - (down ? k + 1 : k - 1);
    while (x > previousX && y > previousY && x > 0 && y > 0) {
      ops.push({ kind: "kept", line: before[x - 1] ?? "" });
      x -= 1;
      y -= 1;
    }
    if (edits === 0) break;
    if (down) ops.push({ kind: "added", line: after[y - 1] ?? "" });
    else ops.push({ kind: "removed", line: before[x - 1] ?? "" });
    [x, y] = [previousX, previousY];
  }
  return ops.reverse();
}

/** For each number of edits, how far each diagonal got before it. */
function furthest(
  before: readonly string[],
  after: readonly string[],
): readonly ReadonlyMap<number, number>[] {
  const trace: ReadonlyMap<number, number>[] = [];
  const reach = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= before.length + after.length; edits += 1) {
    trace.push(new Map(reach));
    for (let k = -edits; k <= edits; k += 2) {
      let x = goesDown(reach, k, edits) ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x += 1;
      reach.set(k, x);
      if (x >= before.length && x - k >= after.length) return trace;
    }
  }
  return trace;
}

function goesDown(reach: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
}
