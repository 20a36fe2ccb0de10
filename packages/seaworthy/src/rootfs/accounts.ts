/** The users of an image, made by rule: what a base system's maintainer scripts would have written, and no more. */
import { digestOf } from "../content/digest.ts";
import type { Entry, Part } from "../tree/tree.ts";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** What the account is for, one clause. */
  readonly because: string;
}

const ALWAYS: readonly Account[] = [
  { name: "root", uid: 0, gid: 0, home: "/root", because: "owner of the files" },
  {
    name: "nobody",
    uid: 65534,
    gid: 65534,
    home: "/nonexistent",
    because: "owner of what has no owner here",
  },
];
/** Debian's path of a shell that refuses; no account can log in, and no such file needs to be there for that. */
const NO_SHELL = "/usr/sbin/nologin";

/** `/etc/passwd` and `/etc/group` with root, nobody and the given accounts. */
export function accountsPart(accounts: readonly Account[]): Part {
  const all = [...ALWAYS, ...accounts];
  const passwd = all
    .map(({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}:${name}:${home}:${NO_SHELL}\n`)
    .join("");
  const group = all.map(({ name, gid }) => `${name === "nobody" ? "nogroup" : name}:x:${gid}:\n`).join("");
  const because = all.map((account) => `${account.name}: ${account.because}`).join("; ");
  const file = (path: string, text: string): Entry => ({
    ...{ kind: "file", path, mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text) },
    reason: { kind: "rule", origin: "accounts", because },
  });
  return {
    name: "rule/accounts",
    key: digestOf(JSON.stringify(["accounts", 1, passwd, group, because])),
    entries: () => Promise.resolve([file("etc/passwd", passwd), file("etc/group", group)]),
  };
}
