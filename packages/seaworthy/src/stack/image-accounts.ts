/** The users and groups an image has, from its own `/etc/passwd` and `/etc/group`. */
import type { Account } from "./container.ts";

export interface ImageAccounts {
  readonly accounts: readonly Account[];
  readonly groups: ReadonlyMap<string, number>;
}

/** Lines that are not of the form are passed over, as the C library does (passwd(5), group(5)). */
export function parseAccounts(passwd: string, group: string): ImageAccounts {
  const rows = group.split("\n").map((line) => line.split(":"));
  const groups = new Map<string, number>();
  const memberships = new Map<string, number[]>();
  for (const [name = "", , id = "", members = ""] of rows) {
    const gid = numberOf(id);
    if (name === "" || gid === undefined) continue;
    if (!groups.has(name)) groups.set(name, gid);
    for (const member of members.split(",").filter((one) => one !== ""))
      memberships.set(member, [...(memberships.get(member) ?? []), gid]);
  }
  const accounts = passwd.split("\n").flatMap((line): Account[] => {
    const [name = "", , uid = "", gid = ""] = line.split(":");
    const [user, primary] = [numberOf(uid), numberOf(gid)];
    if (name === "" || user === undefined || primary === undefined) return [];
    return [{ name, uid: user, gid: primary, groups: memberships.get(name) ?? [] }];
  });
  return { accounts, groups };
}

function numberOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
