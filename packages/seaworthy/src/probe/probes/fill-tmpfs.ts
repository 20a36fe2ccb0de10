/** Asks every temporary file system for more than it was declared to have. */
import { posix } from "node:path";
import { tmpfsBounded } from "../../posture/controls/tmpfs-bounded.ts";
import { failedWith, O_CREAT_EXCL, O_WRONLY, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";
import { text } from "../trampoline/client.ts";

const MEBIBYTE = 1024 ** 2;
/** Asked of a tmpfs without a size; what a container needs of temporary space is far less. */
const UNBOUNDED_REQUEST = 64 * MEBIBYTE;

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
    let tried = 0;
    for (const { target, size } of mounts) {
      const request = size === undefined ? UNBOUNDED_REQUEST : size + MEBIBYTE;
      const room = container.limits.memory ?? Number.POSITIVE_INFINITY;
      if (request > room / 2) continue;
      const path = posix.join(target, `seaworthy-${Math.random().toString(36).slice(2)}`);
      const opened = await attacker.call(`open("${path}", O_CREAT | O_WRONLY, 0600)`, "open", [
        text(path),
        O_WRONLY | O_CREAT_EXCL,
        0o600,
      ]);
      if (!succeeded(opened)) continue;
      const filled = await attacker.call(`fallocate(${request} bytes)`, "fallocate", [
        opened.value,
        0,
        0,
        request,
      ]);
      await attacker.quietly("unlink", [text(path)]);
      await attacker.quietly("close", [opened.value]);
      tried += 1;
      if (!failedWith(filled, "ENOSPC", "EFBIG")) overflowed.push(target);
    }
    if (overflowed.length > 0) {
      return attacker.breached({
        en: `${overflowed.join(", ")} took more than declared`,
        ru: `${overflowed.join(", ")}: занято больше заданного`,
      });
    }
    if (tried === 0)
      return attacker.unable({
        en: "none of them could be filled",
        ru: "ни одну из них не удалось заполнить",
      });
    return attacker.refused({ en: "each is full at its size", ru: "каждая заполняется на заданном размере" });
  },
};
