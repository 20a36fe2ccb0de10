/** Removes every container of a project without the help of whoever started it: it may have been killed. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { cgroupProcesses, killCgroup, removeCgroup, removeEmptyParents } from "./cgroup.ts";
import { type Places, placesOf } from "./places.ts";
import { killProcess, type ProcessIdentity } from "./process-identity.ts";

/**
 * Kills the noted runc processes first, so that none starts anything more, then all that is in the project's
 * control group; then removes groups, state and bundles. No process is found by its name.
 * @throws Fault `engine/left-behind` when something could not be ended
 */
export async function removeLeftovers(runRoot: string, project: string): Promise<void> {
  const places = placesOf(runRoot, project);
  for (const runner of await noted(places)) await killProcess(runner);
  if (!(await killCgroup(places.cgroup))) {
    const pids = await cgroupProcesses(places.cgroup);
    throw new Fault({
      code: "engine/left-behind",
      message: `expected to end every process of "${project}", found ${pids.join(", ")} still running`,
      hint: "A process stuck in the kernel ends when its device answers; try again later.",
      exit: 2,
    });
  }
  await removeCgroup(places.cgroup);
  await removeEmptyParents(places.cgroup);
  await rm(places.containers, { recursive: true, force: true });
  await rm(places.runcState, { recursive: true, force: true });
}

async function noted(places: Places): Promise<readonly ProcessIdentity[]> {
  const runners: ProcessIdentity[] = [];
  for (const id of await namesIn(places.containers)) {
    try {
      const text = await readFile(join(places.containers, id, "runner.json"), "utf8");
      runners.push(JSON.parse(text) as ProcessIdentity);
    } catch (error) {
      // Cut short by a crash: such a runner had not got far, and the control group has what it started.
      if (!isMissing(error) && !(error instanceof SyntaxError)) throw error;
    }
  }
  return runners;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
