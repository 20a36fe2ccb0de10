/** Finds the word somebody most likely meant, for "did you mean". */

/** The candidate within two edits (one for short words) of `word`, or `undefined`. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = word.length < 5 ? 1 : 2;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > least) continue;
    const edits = distance(word, candidate);
    if (edits > least || (edits === least && best !== undefined)) continue;
    best = candidate;
    least = edits;
  }
  return best;
}

/** Levenshtein's: insertions, deletions and substitutions. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
