/** `/var/run` as base-files' maintainer script makes it: without it, what is mounted at `/var/run/x` is not at `/run/x`. */
import { digestOf } from "../content/digest.ts";
import type { Part } from "../tree/tree.ts";

/** The archive of base-files still has it as a folder. */
export const RUN_LINK = "var/run";

/** For the lowest layer. */
export const runLink: Part = {
  name: "rule/run-link",
  key: digestOf(JSON.stringify(["run-link", 1])),
  entries: () =>
    Promise.resolve([
      {
        ...{ kind: "symlink", path: RUN_LINK, target: "/run", uid: 0, gid: 0 },
        reason: {
          kind: "rule",
          origin: "run-link",
          because: "Debian's file system layout: /var/run is another name of /run",
        },
      },
    ]),
};
