/** Makes a file in `/dev/shm`, and takes it away. */
import { noSharedMemory } from "../../posture/controls/no-shared-memory.ts";
import { text } from "../../trampoline/client.ts";
import { O_CREAT_EXCL, O_WRONLY, outcomeOf, PLANTED, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

export const writeSharedMemory: Probe = {
  id: "write-shared-memory",
  control: noSharedMemory,
  as: "declared",
  async attempt({ attacker }) {
    const path = `/dev/shm/${PLANTED}`;
    const made = await attacker.call(`open("${path}", O_CREAT | O_EXCL | O_WRONLY)`, "open", [
      text(path),
      O_WRONLY | O_CREAT_EXCL,
      0o600,
    ]);
    if (!succeeded(made))
      return attacker.refused({
        en: `nothing can be made there: ${outcomeOf(made)}`,
        ru: `создать там ничего нельзя: ${outcomeOf(made)}`,
      });
    await attacker.quietly("unlink", [text(path)]);
    return attacker.breached({ en: "stored a file there", ru: "там сохранён файл" });
  },
};
