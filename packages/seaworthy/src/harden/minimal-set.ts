/** Finds a smallest set of things that something needs, by trying few sets. */

/** What an attempt showed: whether the set was enough, and which things its failure speaks of. */
export interface Attempted<T> {
  readonly enough: boolean;
  readonly hints: readonly T[];
}

const MOST_GUESSES = 4;

/**
 * A set that is enough and of which nothing can be left out, where more is never worse; `undefined` when all of it is
 * not enough. Yields the sets to try. Guesses from failures come first, then halving: about `k * log2(n / k)` attempts
 * for k needed of n. (U. Junker, QuickXplain: preferred explanations and relaxations for over-constrained problems, 2004.)
 *
 * @param most attempts; when they are used up, what was not tried is kept
 */
export function* minimalSet<T>(
  all: readonly T[],
  most: number,
): Generator<readonly T[], readonly T[] | undefined, Attempted<T>> {
  const known = new Map<string, Attempted<T>>();
  let attempts = 0;
  const isEnough = function* (set: readonly T[]): Generator<readonly T[], Attempted<T>, Attempted<T>> {
    const ordered = all.filter((one) => set.includes(one));
    const key = ordered.map((one) => all.indexOf(one)).join();
    const before = known.get(key);
    if (before !== undefined) return before;
    if (attempts >= most) return { enough: false, hints: [] };
    attempts += 1;
    const result = yield ordered;
    known.set(key, result);
    return result;
  };

  let last = yield* isEnough([]);
  if (last.enough) return [];
  let guessed: readonly T[] = [];
  for (let count = 0; count < MOST_GUESSES && !last.enough; count += 1) {
    const more = all.filter((one) => guessed.includes(one) || last.hints.includes(one));
    if (more.length === guessed.length) break;
    guessed = more;
    last = yield* isEnough(guessed);
  }
  if (!last.enough && !(yield* isEnough(all)).enough) return undefined;
  // What is likely to be needed stands first: the rest then goes in one attempt.
  const enough = last.enough ? guessed : [...guessed, ...all.filter((one) => !guessed.includes(one))];
  const smallest = yield* needed([], false, enough);
  return (yield* isEnough(smallest)).enough ? smallest : enough;

  /** Those of `candidates` that are needed beside `given`. */
  function* needed(
    given: readonly T[],
    isNew: boolean,
    candidates: readonly T[],
  ): Generator<readonly T[], readonly T[], Attempted<T>> {
    if (isNew && (yield* isEnough(given)).enough) return [];
    if (candidates.length <= 1) return candidates;
    const half = Math.ceil(candidates.length / 2);
    const [likely, unlikely] = [candidates.slice(0, half), candidates.slice(half)];
    const second = yield* needed([...given, ...likely], true, unlikely);
    const first = yield* needed([...given, ...second], second.length > 0, likely);
    return [...first, ...second];
  }
}
