import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_CAPABILITIES } from "../stack/container.ts";
import { type Attempted, minimalSet } from "./minimal-set.ts";

function run<T>(
  all: readonly T[],
  attempt: (set: readonly T[]) => Attempted<T>,
  most = 1000,
): { readonly found: readonly T[] | undefined; readonly attempts: number } {
  const search = minimalSet(all, most);
  let attempts = 0;
  for (let step = search.next(); ; attempts += 1) {
    if (step.done === true) return { found: step.value, attempts };
    step = search.next(attempt(step.value));
  }
}

const ALL = DEFAULT_CAPABILITIES;
const includes = (set: readonly string[], part: readonly string[]): boolean =>
  part.every((one) => set.includes(one));

describe("a smallest set", () => {
  it("is enough, nothing of it can be left out, and few attempts find it", () => {
    // Several ways to be satisfied: whoever has CHOWN may not need DAC_OVERRIDE.
    const ways = fc.array(fc.subarray([...ALL], { maxLength: 5 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(ways, fc.subarray([...ALL]), (needs, hints) => {
        const enough = (set: readonly string[]): boolean => needs.some((need) => includes(set, need));
        const { found, attempts } = run(ALL, (set) => ({ enough: enough(set), hints }));
        expect(found).toBeDefined();
        expect(enough(found ?? [])).toBe(true);
        for (const one of found ?? [])
          expect(enough((found ?? []).filter((other) => other !== one))).toBe(false);
        const k = found?.length ?? 0;
        expect(attempts).toBeLessThanOrEqual(7 + 2 * k * (1 + Math.log2(ALL.length)));
      }),
    );
  });

  it("is found at once when nothing is needed", () => {
    expect(run(ALL, () => ({ enough: true, hints: [] }))).toEqual({ found: [], attempts: 1 });
  });

  it("is not there when all is not enough", () => {
    expect(run(ALL, () => ({ enough: false, hints: [] })).found).toBeUndefined();
  });

  it("is found in few attempts from good hints", () => {
    const need = ["CHOWN", "SETGID", "SETUID"];
    const { found, attempts } = run(ALL, (set) => ({ enough: includes(set, need), hints: need }));
    expect([...(found ?? [])].sort()).toEqual(need);
    expect(attempts).toBeLessThanOrEqual(6);
  });

  it("is still enough when attempts run out", () => {
    fc.assert(
      fc.property(fc.subarray([...ALL]), fc.integer({ min: 3, max: 20 }), (need, most) => {
        const { found, attempts } = run(ALL, (set) => ({ enough: includes(set, need), hints: [] }), most);
        expect(attempts).toBeLessThanOrEqual(most);
        expect(includes(found ?? [], need)).toBe(true);
      }),
    );
  });

  it("never answers with a set that failed, even where more is sometimes worse", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }), (table) => {
        const all = ["a", "b", "c", "d", "e", "f"];
        const indexOf = (set: readonly string[]): number =>
          set.reduce((sum, one) => sum + 2 ** all.indexOf(one), 0);
        const { found } = run(all, (set) => ({ enough: table[indexOf(set)] ?? false, hints: [] }));
        if (found !== undefined) expect(table[indexOf(found)]).toBe(true);
      }),
    );
  });
});
