/** Opens the service's own files for writing, and makes new ones: as root, for ordinary permissions would hide the control. */
import { posix } from "node:path";
import type { Container } from "../../engine/container.ts";
import { readOnlyRoot } from "../../posture/controls/read-only-root.ts";
import { text } from "../../trampoline/client.ts";
import { O_CREAT_EXCL, O_WRONLY, PLANTED, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

export const writeRoot: Probe = {
  id: "write-root",
  control: readOnlyRoot,
  as: "root",
  async attempt({ attacker, container }) {
    const written: string[] = [];
    const isRoot = (path: string): boolean => !isMounted(container, path);
    for (const path of [...ownFiles(container), "/etc/passwd"].filter(isRoot)) {
      // Opened and never written to: the attack leaves no mark.
      const opened = await attacker.call(`open("${path}", O_WRONLY)`, "open", [text(path), O_WRONLY, 0]);
      if (succeeded(opened)) written.push(path);
    }
    const places = new Set(
      ["/", "/etc", container.workingDirectory].map((folder) => posix.join(folder, PLANTED)),
    );
    for (const path of [...places].filter(isRoot)) {
      const made = await attacker.call(`open("${path}", O_CREAT | O_EXCL | O_WRONLY)`, "open", [
        text(path),
        O_WRONLY | O_CREAT_EXCL,
        0o600,
      ]);
      if (!succeeded(made)) continue;
      written.push(path);
      await attacker.call(`unlink("${path}")`, "unlink", [text(path)]);
    }
    if (written.length === 0)
      return attacker.refused({
        en: "nothing could be changed or made",
        ru: "ничего не удалось изменить или создать",
      });
    return attacker.breached({
      en: `could write to ${written.join(", ")}`,
      ru: `доступно для записи: ${written.join(", ")}`,
    });
  },
};

/** The program by every name it may have, and the script it runs. */
function ownFiles({ argv, env, workingDirectory }: Container): readonly string[] {
  const [program = ""] = argv;
  const folders = (env.get("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(":");
  const programs = program.includes("/")
    ? [posix.resolve(workingDirectory, program)]
    : folders.map((folder) => posix.join(folder, program));
  const scripts = argv
    .slice(1)
    .filter((word) => /\.(?:c|m)?js$|\.py$/.test(word))
    .map((word) => posix.resolve(workingDirectory, word));
  return [...programs, ...scripts];
}

/** What is mounted is not the root file system, and may be a folder of the user's, in which nothing must be left. */
function isMounted({ mounts }: Container, path: string): boolean {
  return mounts.some(({ target }) => {
    const inside = posix.relative(posix.resolve("/", target), path);
    return inside !== ".." && !inside.startsWith("../");
  });
}
