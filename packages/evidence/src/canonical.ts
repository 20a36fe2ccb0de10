/** JSON that is the same text for the same value: keys sorted, no white space (RFC 8785 for the values a report has). */

/** @throws TypeError for what JSON cannot say: functions, symbols, numbers that are not finite */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`expected a finite number, found ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([left], [right]) => compareUtf16(left, right));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
  }
  throw new TypeError(`expected a value that JSON can say, found ${typeof value}`);
}

/** RFC 8785 section 3.2.3: by code units, which is how JavaScript compares strings. */
function compareUtf16(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
