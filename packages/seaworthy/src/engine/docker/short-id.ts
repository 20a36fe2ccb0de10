/** An id for people to read. */

/** As Docker prints an id. A name stays whole. */
export function shortId(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;
}
