/** Looks at every process that a live service has, not only the first: workers, and what was started beside them. */
import { setTimeout as delay } from "node:timers/promises";
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import type { Control } from "../../posture/control.ts";
import { capabilities } from "../../posture/controls/capabilities.ts";
import { noNewPrivileges } from "../../posture/controls/no-new-privileges.ts";
import { nonRoot } from "../../posture/controls/non-root.ts";
import { seccomp } from "../../posture/controls/seccomp.ts";
import { type ProcessRights, processesOf, rightsOf } from "../../stack/processes.ts";
import { inIdle } from "./idle.ts";
import { attempt, conclude, firstProcess, type StackScene } from "./scene.ts";
import { together } from "./together.ts";

interface Look {
  readonly control: Control;
  /** What is seen of a process, and whether it is what the control forbids. */
  readonly see: (rights: ProcessRights) => { readonly saw: string; readonly isWrong: boolean };
}

const LOOKS: readonly Look[] = [
  {
    control: nonRoot,
    see: ({ uids, gids, groups }) => ({
      saw: `uid ${uids[1]}, gid ${gids[1]}, groups ${groups.join(",") || "none"}`,
      isWrong: [...uids, ...gids, ...groups].includes(0),
    }),
  },
  {
    control: noNewPrivileges,
    see: ({ noNewPrivileges: isSet }) => ({ saw: `NoNewPrivs ${isSet ? 1 : 0}`, isWrong: !isSet }),
  },
  {
    control: capabilities,
    see: ({ capabilities: sets }) => ({
      saw: `CapInh, CapPrm, CapEff, CapBnd, CapAmb ${sets.map((set) => set.toString(16)).join(", ")}`,
      isWrong: sets.some((set) => set !== 0n),
    }),
  },
  {
    control: seccomp,
    see: ({ isFiltered }) => ({ saw: `Seccomp ${isFiltered ? 2 : 0}`, isWrong: !isFiltered }),
  },
];

/** One finding a look; the twin is the same container without the control, in which nothing of the service runs. */
export async function proveEveryProcess(
  scene: StackScene,
  service: StackService,
): Promise<readonly Finding[]> {
  const live = await rightsOfService(scene, service);
  return await together(LOOKS.map((look) => proveLook(scene, service, look, live)));
}

async function proveLook(
  scene: StackScene,
  service: StackService,
  look: Look,
  live: readonly ProcessRights[] | Attempt,
): Promise<Finding> {
  const { control } = look;
  const hardened = "outcome" in live ? live : judge(look, live);
  const loosened = hardened.outcome === "refused" ? control.loosen(service.container) : undefined;
  const twin =
    loosened === undefined
      ? undefined
      : await inIdle(scene, loosened.container, async ({ pid }) => judge(look, await everyRight(pid)));
  const claim = { ...control, control: control.id, probe: "every-process" };
  return conclude(scene, service, claim, hardened, twin, loosened?.difference);
}

async function rightsOfService(
  scene: StackScene,
  service: StackService,
): Promise<readonly ProcessRights[] | Attempt> {
  const first = await firstProcess(scene, service);
  if (typeof first !== "number") return first;
  const rights = await everyRight(first);
  return rights.length > 0 ? rights : attempt("unable", "it does not run", "она не работает");
}

/** What an engine calls its own process until it becomes the one that was asked for: a health check's, most often. */
const STAGES = /^(?:runc|crun|runc:\[\d:\w+\]|exe)$/;
const STAGE_PATIENCE = 2_000;
const STAGE_PAUSE = 50;

/** A process may call itself what it likes: one that is no stage is looked at when the patience is over. */
async function everyRight(first: number): Promise<readonly ProcessRights[]> {
  for (const deadline = Date.now() + STAGE_PATIENCE; ; await delay(STAGE_PAUSE)) {
    const rights = await Promise.all((await processesOf(first)).map(rightsOf));
    const known = rights.filter((one) => one !== undefined);
    if (Date.now() >= deadline || !known.some(({ name }) => STAGES.test(name))) return known;
  }
}

/** More are not written down. */
const MOST_STEPS = 20;

function judge({ see }: Look, processes: readonly ProcessRights[]): Attempt {
  if (processes.length === 0) return attempt("unable", "no process was seen", "процессов не видно");
  const seen = processes.map((one) => ({ ...one, ...see(one) }));
  const wrong = seen.filter(({ isWrong }) => isWrong);
  // A process is known by its name: its number is another one tomorrow.
  const steps = [...wrong, ...seen.filter(({ isWrong }) => !isWrong)]
    .slice(0, MOST_STEPS)
    .map(({ name, saw }): Step => ({ did: `/proc/PID/status of ${name}`, saw }));
  const [first] = wrong;
  if (first === undefined) {
    const count = processes.length;
    return attempt(
      "refused",
      count === 1 ? "so it is for its one process" : `so it is for each of ${count} processes`,
      count === 1 ? "так у единственного процесса" : `так у каждого из процессов: ${count}`,
      steps,
    );
  }
  return attempt("breached", `${first.name}: ${first.saw}`, `${first.name}: ${first.saw}`, steps);
}
