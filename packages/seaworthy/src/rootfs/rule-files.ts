/** Files made by rule: what maintainer scripts would have written, or what the image's recipe adds. */
import { digestOf } from "../content/digest.ts";
import type { Part } from "../tree/tree.ts";

export interface RuleFile {
  /** Relative to the root. */
  readonly path: string;
  readonly mode: number;
  readonly text: string;
  readonly because: string;
}

/** @param name of the part, after `rule/` */
export function ruleFilesPart(name: string, files: readonly RuleFile[]): Part {
  return {
    name: `rule/${name}`,
    key: digestOf(JSON.stringify(["rule-files", 1, name, files])),
    entries: () =>
      Promise.resolve(
        files.map(({ path, mode, text, because }) => ({
          ...{ kind: "file" as const, path, mode, uid: 0, gid: 0, content: Buffer.from(text) },
          reason: { kind: "rule" as const, origin: name, because },
        })),
      ),
  };
}

/** Without it, glibc releases differ on whether `/etc/hosts` is asked before DNS. */
export const NSSWITCH: RuleFile = {
  path: "etc/nsswitch.conf",
  mode: 0o644,
  text: "passwd: files\ngroup: files\nhosts: files dns\n",
  because: "names are looked up in /etc/hosts first, then by DNS",
};
