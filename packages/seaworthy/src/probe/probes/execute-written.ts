/** Writes a program to every temporary file system, executes it, and maps it into memory as code, as loading a library does. */
import { posix } from "node:path";
import { tmpfsNoexec } from "../../posture/controls/tmpfs-noexec.ts";
import { text } from "../../trampoline/client.ts";
import { TRAMPOLINE_X64 } from "../../trampoline/trampoline-x64.ts";
import { type Attacker, O_CREAT_EXCL, O_RDONLY, O_WRONLY, PLANTED, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const PAGE = 4096;
const PROT_READ_EXEC = 5;
const MAP_PRIVATE = 2;

export const executeWritten: Probe = {
  id: "execute-written",
  control: tmpfsNoexec,
  as: "declared",
  async attempt({ attacker, container }) {
    const targets = container.mounts.filter((mount) => mount.kind === "tmpfs").map((mount) => mount.target);
    if (targets.length === 0)
      return attacker.absent({
        en: "no temporary file system is declared",
        ru: "временные файловые системы не заданы",
      });
    const executed: string[] = [];
    let tried = 0;
    for (const target of targets) {
      const path = posix.join(target, PLANTED);
      const opened = await attacker.call(`open("${path}", O_CREAT | O_WRONLY, 0700)`, "open", [
        text(path),
        O_WRONLY | O_CREAT_EXCL,
        0o700,
      ]);
      if (!succeeded(opened)) continue;
      await attacker.quietly("write", [opened.value, TRAMPOLINE_X64, TRAMPOLINE_X64.length]);
      await attacker.quietly("close", [opened.value]);
      tried += 1;
      // What is executed takes this process's place, so it comes last.
      const isMapped = await mapAsCode(attacker, path);
      const { executed: isExecuted } = await attacker.execute(`execve("${path}")`, path);
      if (isMapped || isExecuted) executed.push(target);
    }
    if (executed.length > 0) {
      return attacker.breached({
        en: `executed a program written to ${executed.join(", ")}`,
        ru: `запущена программа, записанная в ${executed.join(", ")}`,
      });
    }
    if (tried === 0)
      return attacker.unable({ en: "none of them can be written to", ru: "ни в одну из них нельзя писать" });
    return attacker.refused({
      en: "what was written could not be executed",
      ru: "записанное не удалось запустить",
    });
  },
};

/** A library of native code is loaded so, without being executed. */
async function mapAsCode(attacker: Attacker, path: string): Promise<boolean> {
  const opened = await attacker.quietly("open", [text(path), O_RDONLY, 0]);
  if (!succeeded(opened)) return false;
  const mapped = await attacker.call(`mmap("${path}", PROT_READ | PROT_EXEC)`, "mmap", [
    ...[0, PAGE, PROT_READ_EXEC],
    ...[MAP_PRIVATE, opened.value, 0],
  ]);
  await attacker.quietly("close", [opened.value]);
  return succeeded(mapped);
}
