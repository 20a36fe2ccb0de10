import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { confinementOf, securityModules, unseenConfinement } from "./security-modules.ts";

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "seaworthy-lsm-"));
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** A root with these files and no others. */
async function machine(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(scratch, "root-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

test("the modules are listed in the kernel's order", async () => {
  const root = await machine({ "sys/kernel/security/lsm": "lockdown,capability,landlock,yama,apparmor,bpf" });
  expect(await securityModules(root)).toEqual([
    ...["lockdown", "capability", "landlock", "yama", "apparmor", "bpf"],
  ]);
});

test("without securityfs, or with nothing in it, they are not known: that is not none", async () => {
  expect(await securityModules(await machine({}))).toBeUndefined();
  expect(await securityModules(await machine({ "sys/kernel/security/lsm": "\n" }))).toBeUndefined();
});

const LABELS: readonly (readonly [string, Readonly<Record<string, string>>, string | undefined])[] = [
  [
    "AppArmor's, with its line's end",
    { "attr/current": "docker-default (enforce)\n" },
    "docker-default (enforce)",
  ],
  [
    "AppArmor's own file",
    { "attr/apparmor/current": "mine (complain)\n", "attr/current": "x" },
    "mine (complain)",
  ],
  ["AppArmor has none, another has", { "attr/apparmor/current": "", "attr/current": "u:r:t:s0" }, "u:r:t:s0"],
  [
    "SELinux's, with its zero byte",
    { "attr/current": "system_u:system_r:container_t:s0:c1,c2\0" },
    "system_u:system_r:container_t:s0:c1,c2",
  ],
  ["nothing", { "attr/current": "\0" }, undefined],
  ["no file", {}, undefined],
];

test.each(LABELS)("the label of a process: %s", async (_, files, label) => {
  const named = Object.entries(files).map(([name, text]) => [`proc/7/${name}`, text]);
  expect(await confinementOf(7, await machine(Object.fromEntries(named) as Record<string, string>))).toBe(
    label,
  );
});

/** What another program reads; `undefined` when it cannot. */
function readByCat(path: string): string | undefined {
  const { status, stdout } = spawnSync("cat", [path], { encoding: "utf8" });
  return (status === 0 && stdout.replace(/[\n\0]+$/, "")) || undefined;
}

test("on this machine, what another program reads", async () => {
  expect((await securityModules())?.join(",")).toBe(readByCat("/sys/kernel/security/lsm"));
  const label =
    readByCat(`/proc/${process.pid}/attr/apparmor/current`) ?? readByCat(`/proc/${process.pid}/attr/current`);
  expect(await confinementOf(process.pid)).toBe(label);
});

test.skipIf(process.getuid?.() !== 0)(
  "where securityfs is mounted, the kernel's own list (needs root)",
  async () => {
    const root = await machine({ "sys/kernel/security/.keep": "" });
    const script = 'mount -t securityfs none "$0" && cat "$0/lsm" && echo && cat';
    const folder = join(root, "sys/kernel/security");
    const child = spawn("unshare", ["--mount", "sh", "-c", script, folder], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      const [line] = (await once(createInterface(child.stdout), "line")) as [string];
      expect(await securityModules(root)).toBeUndefined();
      const seen = await securityModules(`/proc/${child.pid}/root${root}`);
      expect(seen).toContain("capability");
      expect(seen?.join(",")).toBe(line);
    } finally {
      child.stdin.end();
      await once(child, "close");
    }
  },
);

const SELINUX = "system_u:system_r:container_t:s0:c1,c2";
const ASKED: readonly (readonly [
  Parameters<typeof unseenConfinement>[0],
  string | undefined,
  readonly string[],
])[] = [
  [{}, "unconfined", []],
  [{ apparmor: "mine" }, "mine (enforce)", []],
  [{ apparmor: "mine" }, "other//&mine (enforce)", []],
  [{ apparmor: "mine" }, "mine", []],
  [{ apparmor: "mine" }, "docker-default (enforce)", ["apparmor=mine"]],
  [{ apparmor: "mine" }, "minerva (enforce)", ["apparmor=mine"]],
  [{ apparmor: "mine" }, "unconfined", ["apparmor=mine"]],
  [{ apparmor: "mine" }, SELINUX, ["apparmor=mine"]],
  [{ apparmor: "mine" }, undefined, ["apparmor=mine"]],
  // Nothing that confines was asked for.
  [{ apparmor: "unconfined" }, "docker-default (enforce)", []],
  [{ apparmor: "" }, undefined, []],
  [{ securityOptions: ["label=disable", "label:filetype:x_t", "writable-cgroups=true"] }, undefined, []],
  [{ securityOptions: ["label=type:container_t", "label:level:s0:c1,c2"] }, SELINUX, []],
  [{ securityOptions: ["label=user:system_u", "label=role:system_r"] }, SELINUX, []],
  [
    { securityOptions: ["label=type:mine_t", "label:level:s0:c1"] },
    SELINUX,
    ["label=type:mine_t", "label:level:s0:c1"],
  ],
  [{ securityOptions: ["label=type:mine_t"] }, undefined, ["label=type:mine_t"]],
];

test.each(ASKED)("%j under %s", (asked, label, unseen) => {
  expect(unseenConfinement(asked, label)).toEqual(unseen);
});
