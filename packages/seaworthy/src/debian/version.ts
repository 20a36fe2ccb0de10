/** Orders Debian package versions exactly as dpkg does (Debian Policy 5.6.12, deb-version(7)). */

interface Version {
  readonly epoch: bigint;
  readonly upstream: string;
  readonly revision: string;
}

/** Negative, zero or positive: usable with `sort`. Total: a text that is no version is ordered too, never refused. */
export function compareVersions(left: string, right: string): number {
  const a = parse(left);
  const b = parse(right);
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  return compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision);
}

function parse(text: string): Version {
  const colon = text.indexOf(":");
  const rest = text.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  const epoch = colon < 0 ? "" : text.slice(0, colon);
  return {
    epoch: /^\d+$/.test(epoch) ? BigInt(epoch) : 0n,
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

/** Alternates between a run of non-digits, compared by {@link weight}, and a run of digits, compared as a number. */
function compareParts(left: string, right: string): number {
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    while ((i < left.length && !isDigit(left, i)) || (j < right.length && !isDigit(right, j))) {
      const difference = weight(left, i) - weight(right, j);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
    const a = digitsAt(left, i);
    const b = digitsAt(right, j);
    i += a.length;
    j += b.length;
    const difference = compareDigits(a.replace(/^0+/, ""), b.replace(/^0+/, ""));
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `~` sorts before the end of the text, the end before letters, letters before everything else. */
function weight(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code) || isDigit(text, at)) return 0;
  if (text[at] === "~") return -1;
  return /[A-Za-z]/.test(text.charAt(at)) ? code : code + 256;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function digitsAt(text: string, at: number): string {
  let end = at;
  while (isDigit(text, end)) end += 1;
  return text.slice(at, end);
}

function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
