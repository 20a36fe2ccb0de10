/** Looks for mounts that can be written to and that nobody declared, and makes a file in each: as root, past all permissions. */
import { posix } from "node:path";
import type { Container } from "../../engine/container.ts";
import { readOnlyRoot } from "../../posture/controls/read-only-root.ts";
import { parseMounts } from "../../stack/mount-points.ts";
import { text } from "../../trampoline/client.ts";
import { type Attacker, failedWith, O_CREAT_EXCL, O_WRONLY, PLANTED, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

/** What each container has of its own from every engine, and no service could do without. */
const KERNEL = /^\/(?:proc|dev)(?:\/|$)/;

export const undeclaredMounts: Probe = {
  id: "undeclared-mounts",
  control: readOnlyRoot,
  claim: {
    en: "Nothing that can be written to is mounted, but what is declared",
    ru: "Не смонтировано ничего доступного для записи, кроме описанного",
  },
  as: "root",
  async attempt({ attacker, container }) {
    const table = await attacker.readFile("/proc/self/mountinfo");
    if (typeof table === "string")
      return attacker.unable({
        en: `the mounts cannot be listed: ${table}`,
        ru: `не удалось прочитать список монтирований: ${table}`,
      });
    const mounts = parseMounts(table.toString("utf8"));
    const own = new Set<string>();
    for (const target of declaredMounts(container)) own.add(await placeOf(attacker, target));
    const writable = mounts.filter(
      ({ path, isWritable }) => isWritable && !KERNEL.test(path) && !own.has(path),
    );
    attacker.note(
      "read /proc/self/mountinfo",
      `${mounts.length} mounts, ${writable.length} undeclared ones can be written to`,
    );
    const written: string[] = [];
    for (const { path } of writable) if (await canWrite(attacker, path)) written.push(path);
    if (written.length > 0)
      return attacker.breached({
        en: `could write to ${written.join(", ")}`,
        ru: `доступно для записи: ${written.join(", ")}`,
      });
    return attacker.refused({
      en: `nothing beside ${declared(container)}`,
      ru: `ничего, кроме ${declared(container)}`,
    });
  },
};

const O_PATH = 0o10000000;

/** Where a declared mount is: a folder above it may be a link, as `/var/run` is. */
async function placeOf(attacker: Attacker, target: string): Promise<string> {
  const opened = await attacker.quietly("open", [text(target), O_PATH, 0]);
  if (!succeeded(opened)) return posix.resolve("/", target);
  const { target: place } = await attacker.readLink(`/proc/self/fd/${opened.value}`);
  await attacker.quietly("close", [opened.value]);
  return place ?? posix.resolve("/", target);
}

/** Nothing is written: a new file is taken away again, one that is mounted is only opened. */
async function canWrite(attacker: Attacker, path: string): Promise<boolean> {
  const file = posix.join(path, PLANTED);
  const made = await attacker.call(`open("${file}", O_CREAT | O_EXCL | O_WRONLY)`, "open", [
    ...[text(file), O_WRONLY | O_CREAT_EXCL, 0o600],
  ]);
  if (succeeded(made)) {
    await attacker.call(`unlink("${file}")`, "unlink", [text(file)]);
    return true;
  }
  if (!failedWith(made, "ENOTDIR")) return false;
  return succeeded(await attacker.call(`open("${path}", O_WRONLY)`, "open", [text(path), O_WRONLY, 0]));
}

function declared(container: Container): string {
  return ["/proc", "/dev", ...declaredMounts(container)].join(", ");
}

/** In the Compose file, and by the image: engines make a volume for each that it names. */
export function declaredMounts({ mounts, image }: Container): readonly string[] {
  return [...new Set([...mounts.map(({ target }) => target), ...image.config.volumes])];
}
