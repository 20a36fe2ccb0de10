/** What the machine's kernel says of its security modules (AppArmor, SELinux): which are on, and what confines a process. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ContainerExtras } from "../engine/container-extras.ts";

/**
 * In the order in which the kernel asks them. `undefined` where it is not known, as without securityfs; never an empty
 * list, for a kernel that answers has at least `capability`.
 * @param root where `/sys` is
 * @see {@link https://docs.kernel.org/admin-guide/LSM/index.html}
 */
export async function securityModules(root = "/"): Promise<readonly string[] | undefined> {
  const list = await said(join(root, "sys/kernel/security/lsm"));
  return list?.split(",").filter((name) => name !== "");
}

/**
 * The label of a process of this machine: `docker-default (enforce)`, `unconfined`,
 * `system_u:system_r:container_t:s0:c1,c2`. `undefined` where no module gives it one, and when it has ended.
 * @param root where `/proc` is
 * @see {@link https://docs.kernel.org/admin-guide/LSM/apparmor.html} and proc_pid_attr(5)
 */
export async function confinementOf(pid: number, root = "/"): Promise<string | undefined> {
  const folder = join(root, `proc/${pid}/attr`);
  // The other one is whichever module's came first, where a kernel has several.
  return (await said(join(folder, "apparmor/current"))) ?? (await said(join(folder, "current")));
}

/** Without the line's end or the zero byte after it; `undefined` for nothing at all. */
async function said(path: string): Promise<string | undefined> {
  // EINVAL is a kernel without such a module; EACCES one that lets nobody look.
  const text = await readFile(path, "utf8").catch(() => "");
  return text.replace(/[\0\s]+$/, "") || undefined;
}

type Asked = Pick<ContainerExtras, "apparmor" | "securityOptions">;

/** What a declaration asks of AppArmor and SELinux and a label does not show, each as `security_opt` has it. */
export function unseenConfinement(
  { apparmor = "", securityOptions = [] }: Asked,
  label = "",
): readonly string[] {
  const isOther = !["", "unconfined"].includes(apparmor) && !profilesOf(label).includes(apparmor);
  return [
    ...(isOther ? [`apparmor=${apparmor}`] : []),
    ...securityOptions.filter((option) => {
      const [, part = "", value] = /^label[=:](user|role|type|level):(.+)$/.exec(option) ?? [];
      return value !== undefined && contextOf(label).get(part) !== value;
    }),
  ];
}

/** `a//&b (enforce)` is two profiles at once, each of which must allow. */
function profilesOf(label: string): readonly string[] {
  return label.replace(/ \([a-z]+\)$/, "").split("//&");
}

/** `user:role:type:level`, and the level has colons of its own. */
function contextOf(label: string): ReadonlyMap<string, string> {
  const [user = "", role = "", type = "", ...level] = label.split(":");
  return new Map(Object.entries({ user, role, type, level: level.join(":") }));
}
