/** Published ports on this machine's loopback only, written as the user writes ports. */

/** A variable may hold anything, colons too. */
const VARIABLE = /\$\{[^}]*\}|\$\w+/g;
const LOOPBACK = "127.0.0.1";

/**
 * `80:80` as `127.0.0.1:80:80`, `80` as `127.0.0.1::80`; the same text when it is on loopback already.
 * @returns `undefined` when a variable decides the address
 */
export function onLoopback(port: string): string | undefined {
  const parts: string[] = [];
  // An address of IPv6 stands in brackets, and its colons are its own.
  const plain = port.replace(VARIABLE, (text) => "_".repeat(text.length));
  const masked = plain.replace(/^\[[^\]]*\]/, (text) => "_".repeat(text.length));
  let start = 0;
  for (const { index } of masked.matchAll(/:/g)) {
    parts.push(port.slice(start, index));
    start = index + 1;
  }
  parts.push(port.slice(start));
  const [first = "", second, third] = parts;
  if (second === undefined) return first.includes("$") ? undefined : `${LOOPBACK}::${first}`;
  if (third === undefined) {
    // One variable for an address and a port cannot be told from one for a port alone.
    return `${LOOPBACK}:${first}:${second}`;
  }
  if (isLoopbackAddress(first)) return port;
  return first.includes("$") ? undefined : `${LOOPBACK}:${second}:${third}`;
}

function isLoopbackAddress(address: string): boolean {
  return /^127\.|^\[?::1\]?$|^localhost$/.test(address);
}
