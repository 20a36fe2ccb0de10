/** Who a service runs as, and what the kernel lets it do. */
import type { Container } from "../engine/container.ts";
import { type Draft, textOf } from "./draft.ts";
import { childOf, itemsOf } from "./edit-value.ts";

const NAMESPACES: readonly (readonly [string, (container: Container) => string | undefined])[] = [
  ["network_mode", ({ network }) => network],
  ["pid", ({ pid }) => pid],
  ["ipc", ({ ipc }) => ipc],
  ["uts", ({ uts }) => uts],
];

export function changeUser({ before, after, remove, set }: Draft): void {
  const [old, now] = [before.container, after.container];
  if (old.hostDevices && !now.hostDevices)
    remove("privileged", "it works without the devices and powers of the machine");
  for (const [key, own] of NAMESPACES) {
    if (own(old) === "host" && own(now) !== "host")
      remove(key, `it works without the machine's own (${key}: host)`);
  }
  if (now.user.uid === old.user.uid && now.user.gid === old.user.gid) return;
  const name = `${now.user.uid}:${now.user.gid}`;
  set("user", name, `"${name}"`, "an ordinary user is enough for it");
}

export function changePrivileges(draft: Draft): void {
  const [old, now] = [draft.before.container, draft.after.container];
  if (!isSameSet(old.capabilities, now.capabilities)) changeCapabilities(draft);
  changeSecurityOptions(draft);
}

function changeCapabilities({ after, written, add, set, rewritten, appended }: Draft): void {
  const { capabilities } = after.container;
  const drops = written.flatMap(({ value }) => itemsOf(childOf(value, ["cap_drop"])).map(textOf));
  if (!drops.some((name) => name?.toUpperCase() === "ALL")) {
    const reason =
      capabilities.length === 0
        ? "it needs none of root's powers"
        : "all of root's powers but those it was seen to need";
    set("cap_drop", ["ALL"], "[ALL]", reason);
  }
  const unneeded = rewritten("cap_add", (item) =>
    capabilities.includes(capabilityName(item)) ? item : undefined,
  );
  const had = written.flatMap(({ value }) =>
    itemsOf(childOf(value, ["cap_add"])).map((item) => capabilityName(textOf(item) ?? "")),
  );
  const missing = capabilities.filter((name) => !had.includes(name));
  const reason = capabilities.length === 0 ? "it works without" : "without it, it does not come up";
  add("cap_add", `cap_add: [${capabilities.join(", ")}]`, reason, [
    ...unneeded,
    ...missing.map((name) => appended("cap_add", name, reason)),
  ]);
}

function changeSecurityOptions({ before, after, add, rewritten, appended }: Draft): void {
  const [old, now] = [before.container, after.container];
  const isLoose = (item: string): boolean =>
    (now.noNewPrivileges && /^no-new-privileges[:=]false$/.test(item)) ||
    (now.seccomp === "default" && old.seccomp !== "default" && /^seccomp[:=]unconfined$/.test(item)) ||
    (now.systemPaths === "default" && /^systempaths[:=]unconfined$/.test(item));
  const loose = rewritten("security_opt", (item) => (isLoose(item) ? undefined : item));
  add("security_opt", "security_opt without its exceptions", "it works under the default profile", loose);
  if (!now.noNewPrivileges || old.noNewPrivileges) return;
  const option = "no-new-privileges:true";
  const reason = "no file that it executes gives it more rights";
  add("security_opt", `security_opt: ["${option}"]`, reason, [appended("security_opt", option, reason)]);
}

function capabilityName(written: string): string {
  return written.toUpperCase().replace(/^CAP_/, "");
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item) => other.includes(item));
}
