/** Removes every container of a project without the help of whoever started it: it may have been killed. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { killProcess, type ProcessIdentity } from "../../shell/process-identity.ts";
import { cgroupProcesses, killCgroup, removeCgroup, removeEmptyParents } from "./cgroup.ts";
import { membersOf } from "./members.ts";
import { type Places, placesOf } from "./places.ts";
import { removeTree } from "./remove-tree.ts";
import { isRootless } from "./rootless.ts";

/**
 * Kills the noted runc processes first, so that none starts anything more, then all that is in the project's
 * control group; then removes groups, state and bundles. No process is found by its name.
 * @throws Fault `engine/left-behind` when something could not be ended
 */
export async function removeLeftovers(runRoot: string, project: string): Promise<void> {
  const places = placesOf(runRoot, project);
  for (const runner of await noted(places)) await killProcess(runner);
  const left = isRootless() ? await killContainers(places) : await killGroup(places.cgroup);
  if (left.length > 0) {
    throw new Fault({
      code: "engine/left-behind",
      message: `expected to end every process of "${project}", found ${left.join(", ")} still running`,
      hint: "A process stuck in the kernel ends when its device answers; try again later.",
      exit: 2,
    });
  }
  if (!isRootless()) {
    await removeCgroup(places.cgroup);
    await removeEmptyParents(places.cgroup);
  }
  await removeTree(places.containers);
  await rm(places.runcState, { recursive: true, force: true });
}

/** @returns the processes that could not be ended */
async function killGroup(cgroup: string): Promise<readonly number[]> {
  return (await killCgroup(cgroup)) ? [] : await cgroupProcesses(cgroup);
}

async function killContainers(places: Places): Promise<readonly number[]> {
  const left: number[] = [];
  for (const id of await namesIn(places.containers)) {
    const members = membersOf(join(places.containers, id), "");
    if (!(await members.kill())) left.push(...(await members.processes()));
  }
  return left;
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
