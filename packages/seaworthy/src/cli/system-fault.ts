/** What the operating system's refusals mean to a user: they are no mistake of ours, and often easy to mend. */
import { errnoOf } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC:
    "Make room on that disk, or point SEAWORTHY_CACHE_DIR at another one; what was written so far is whole and stays.",
  EDQUOT: "Make room within the quota, or point SEAWORTHY_CACHE_DIR elsewhere.",
  EACCES: "Give this user the right to that path, or point SEAWORTHY_CACHE_DIR elsewhere.",
  EPERM: "Run as a user that may do this.",
  EROFS: "Point SEAWORTHY_CACHE_DIR, or the output, at a place that can be written to.",
  EMFILE: "Raise the limit of open files: ulimit -n.",
};

/** A Fault for an error of the system, or `undefined` for anything else. */
export function systemFault(error: unknown): Fault | undefined {
  const errno = errnoOf(error);
  const hint = errno === undefined ? undefined : HINTS[errno];
  if (errno === undefined || hint === undefined || !(error instanceof Error)) return undefined;
  return new Fault({
    code: `system/${errno.toLowerCase()}`,
    message: `the system refused: ${error.message}`,
    hint,
    exit: 2,
    cause: error,
  });
}
