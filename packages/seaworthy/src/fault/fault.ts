/** The one error Seaworthy throws on purpose: what was expected, what was found, where, and what to do next. */

/** Process exit codes: a claim failed, nothing could be proven, or the input was wrong. Success is 0. */
export type ExitCode = 1 | 2 | 3;

/** Where a fault was found: a line of a file the user wrote, a path in an image, a URL path. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
}

export interface FaultDetails {
  /** Stable, kebab-case, prefixed with its area: `debian/signature`, `compose/unknown-key`. */
  readonly code: string;
  /** "expected X, found Y", one sentence, no full stop needed. */
  readonly message: string;
  readonly place?: Place | undefined;
  /** What the user can do next, an imperative sentence. */
  readonly hint?: string | undefined;
  /** 3 (usage or configuration) unless said otherwise. */
  readonly exit?: ExitCode;
  readonly cause?: unknown;
}

export class Fault extends Error {
  readonly code: string;
  readonly place: Place | undefined;
  readonly hint: string | undefined;
  readonly exit: ExitCode;

  constructor(details: FaultDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Fault";
    this.code = details.code;
    this.place = details.place;
    this.hint = details.hint;
    this.exit = details.exit ?? 3;
  }
}

/** `file:line:column`, as editors and terminals understand it. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.line === undefined ? undefined : place.column]
    .filter((part) => part !== undefined)
    .join(":");
}
