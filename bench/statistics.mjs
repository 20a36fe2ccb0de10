/** Medians: one slow turn on a noisy machine says nothing. */

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/**
 * The median of the ratios of what was measured in the same turn: what disturbs a turn disturbs both of its sides.
 * @param {readonly number[]} these
 * @param {readonly number[]} others
 */
export function pairedRatio(these, others) {
  return median(these.map((value, turn) => value / (others[turn] ?? Number.NaN)));
}
