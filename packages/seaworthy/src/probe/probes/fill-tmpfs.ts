/** Asks every temporary file system for more than it was declared to have. */
import { posix } from "node:path";
import type { TmpfsMount } from "../../engine/container.ts";
import { tmpfsBounded } from "../../posture/controls/tmpfs-bounded.ts";
import { text } from "../../trampoline/client.ts";
import { type Attacker, failedWith, O_CREAT_EXCL, O_WRONLY, PLANTED, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const MEBIBYTE = 1024 ** 2;
/** Asked of a tmpfs without a size; what a container needs of temporary space is far less. */
const UNBOUNDED_REQUEST = 64 * MEBIBYTE;
/** Left to the container of its memory, which a tmpfs counts against: it must not be killed for what it stored. */
const SPARE = 8 * MEBIBYTE;

export const fillTmpfs: Probe = {
  id: "fill-tmpfs",
  control: tmpfsBounded,
  as: "declared",
  async attempt({ attacker, declared, container }) {
    const mounts = declared.mounts.filter((mount) => mount.kind === "tmpfs");
    if (mounts.length === 0)
      return attacker.absent({
        en: "no temporary file system is declared",
        ru: "временные файловые системы не заданы",
      });
    const overflowed: string[] = [];
    const full: string[] = [];
    const untried: string[] = [];
    for (const mount of mounts) {
      const outcome = await overfill(attacker, mount, container.limits.memory);
      if (outcome === "overflowed") overflowed.push(mount.target);
      if (outcome === "full") full.push(mount.target);
      if (outcome === "untried") untried.push(mount.target);
    }
    if (overflowed.length > 0) {
      return attacker.breached({
        en: `${overflowed.join(", ")} took more than declared`,
        ru: `${overflowed.join(", ")}: занято больше заданного`,
      });
    }
    if (untried.length > 0) {
      return attacker.unable({
        en: `${untried.join(", ")} could not be tried`,
        ru: `${untried.join(", ")}: проверить не удалось`,
      });
    }
    if (full.length === 0)
      return attacker.unable({
        en: "none of them can be written to",
        ru: "ни в одну из них нельзя писать",
      });
    return attacker.refused({
      en: `${full.join(", ")} is full at its size`,
      ru: `${full.join(", ")}: заполняется на заданном размере`,
    });
  },
};

/** `closed`: the service's user may not write there, so it cannot fill it either. */
async function overfill(
  attacker: Attacker,
  { target, size }: TmpfsMount,
  memory: number = Number.POSITIVE_INFINITY,
): Promise<"overflowed" | "full" | "closed" | "untried"> {
  const request = size === undefined ? Math.min(UNBOUNDED_REQUEST, memory / 2) : size + MEBIBYTE;
  if (request > memory - SPARE) {
    attacker.note(`fallocate(${request} bytes) in ${target}`, "not tried: the memory limit is no larger");
    return "untried";
  }
  const path = posix.join(target, PLANTED);
  const opened = await attacker.call(`open("${path}", O_CREAT | O_WRONLY, 0600)`, "open", [
    text(path),
    O_WRONLY | O_CREAT_EXCL,
    0o600,
  ]);
  if (!succeeded(opened)) return failedWith(opened, "EACCES", "EROFS") ? "closed" : "untried";
  const filled = await attacker.call(`fallocate(${request} bytes)`, "fallocate", [
    opened.value,
    0,
    0,
    request,
  ]);
  await attacker.quietly("unlink", [text(path)]);
  await attacker.quietly("close", [opened.value]);
  if (succeeded(filled)) return "overflowed";
  return failedWith(filled, "ENOSPC", "EFBIG") ? "full" : "untried";
}
