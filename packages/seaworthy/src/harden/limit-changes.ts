/** Limits of processes, memory and processor time; and who sees to it that processes that have ended do not count. */
import type { Draft } from "./draft.ts";
import { childOf, isMapping } from "./edit-value.ts";
import { sizeText } from "./limits.ts";

export function changeInit({ before, after, set }: Draft): void {
  if (after.container.extras?.init !== true || before.container.extras?.init === true) return;
  set("init", true, "true", "its first process waits for no orphan: each stayed as a zombie");
}

/** Beside limits under `deploy` if there are any: Compose takes no second place for the same limit. */
export function changeLimits({ before, after, written, path, add, set, placed }: Draft): void {
  const isUnderDeploy = written.some(({ value }) =>
    isMapping(childOf(value, ["deploy", "resources", "limits"])),
  );
  const [had, has] = [before.container.limits, after.container.limits];
  const put = (key: string, deployKey: string, value: string | number, reason: string): void => {
    if (!isUnderDeploy) {
      set(key, value, String(value), reason);
      return;
    }
    // There, it is a text.
    const inDeploy = deployKey === "cpus" ? String(value) : value;
    add("deploy", `deploy.resources.limits.${deployKey}: ${String(value)}`, reason, [
      placed(path("deploy", "resources", "limits", deployKey), inDeploy, reason),
    ]);
  };
  if (had.pids === undefined && has.pids !== undefined)
    put("pids_limit", "pids", has.pids, "a fork bomb ends here");
  if (had.memory === undefined && has.memory !== undefined)
    put("mem_limit", "memory", sizeText(has.memory), "a leak ends it, not its neighbours");
  if (had.cpus === undefined && has.cpus !== undefined)
    put("cpus", "cpus", has.cpus, "a busy loop leaves time for others");
}
