/** Debian's merged /usr: `/bin`, `/sbin`, `/lib` and `/lib64` are links into `/usr`, whatever a package's archive says. */
import { digestOf } from "../content/digest.ts";
import type { Part } from "../tree/tree.ts";

const ALIASES: readonly string[] = ["bin", "lib", "lib64", "sbin"];

/** Whether the path is one of the links themselves, which packages also ship, as a folder or a link. */
export function isAlias(path: string): boolean {
  return ALIASES.includes(path);
}

/** Where dpkg's write through the link would end up: `lib64/ld-linux.so.2` is `usr/lib64/ld-linux.so.2`. */
export function mergeUsr(path: string): string {
  const slash = path.indexOf("/");
  return slash > 0 && isAlias(path.slice(0, slash)) ? `usr/${path}` : path;
}

/** The links, for the lowest layer. Only amd64 has a `lib64`. */
export function usrMergeLinks(architecture: string): Part {
  const names = ALIASES.filter((name) => name !== "lib64" || architecture === "amd64");
  return {
    name: "rule/usr-merge",
    key: digestOf(JSON.stringify(["usr-merge", names])),
    async entries() {
      const reason = {
        kind: "rule",
        origin: "usr-merge",
        because: "Debian's file system layout: programs and libraries lie under /usr",
      } as const;
      return names.map((name) => ({
        kind: "symlink",
        path: name,
        target: `usr/${name}`,
        uid: 0,
        gid: 0,
        reason,
      }));
    },
  };
}
