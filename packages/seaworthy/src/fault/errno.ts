/** Reads the `code` of a Node system error (`ENOENT`, `EADDRINUSE`) without trusting its type. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export function isMissing(error: unknown): boolean {
  return errnoOf(error) === "ENOENT";
}
