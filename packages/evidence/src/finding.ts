/** What was claimed, what was tried, what was seen: the words of every report. */

/** A sentence in both of the report's languages. */
export interface Text {
  readonly en: string;
  readonly ru: string;
}

/**
 * - `held`: refused in the hardened container and breached in the twin
 * - `breached`: the attack worked in the hardened container, or a rule found what it forbids
 * - `unproven`: nothing could be said, and `reason` says why; never counted as a pass
 * - `absent`: the thing attacked does not exist here
 * - `waived`: breached, but accepted by somebody with a reason and an expiry date
 */
export type Verdict = "held" | "breached" | "unproven" | "absent" | "waived";

/** One act of an attack and what came of it: a system call and its errno, a connection and its answer. */
export interface Step {
  /** `openat("/etc/passwd", O_WRONLY)`. */
  readonly did: string;
  /** `EROFS`, `3`, `ECONNREFUSED`, `killed by SIGKILL`. */
  readonly saw: string;
}

export interface Attempt {
  readonly outcome: "refused" | "breached" | "absent" | "unable";
  /** One line: what the attack achieved, or how it was stopped. */
  readonly summary: Text;
  readonly steps: readonly Step[];
}

/** A line the user wrote (or, where a key is missing, the line it belongs under). `file` is relative to the project. */
export interface SourceLine {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, where it is known. */
  readonly column?: number;
  /** `services.app.read_only`. */
  readonly key: string;
}

export interface Finding {
  /** `fs.read-only-root/app`: control or rule, probe, service; unique in a report. */
  readonly id: string;
  /** The control or rule: `read-only-root`. */
  readonly control: string;
  readonly kind: "control" | "rule";
  readonly service: string;
  readonly claim: Text;
  readonly verdict: Verdict;
  /** Why it is unproven, absent or waived. */
  readonly reason?: Text;
  /** In the container as it is declared. */
  readonly hardened?: Attempt;
  /** In the twin, with `loosened` naming the one difference. */
  readonly twin?: Attempt;
  readonly loosened?: Text;
  /** What in the kernel the twin lacks: `the seccomp filter`. */
  readonly mechanism?: Text;
  readonly source?: SourceLine;
  /** What to write to make it hold. */
  readonly fix?: Text;
}
