/** Leaves orphans in the double and looks, from outside, whether they are still there: only its first process can see to them. */
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { Container } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";
import { noZombies } from "../../posture/stack-claims/no-zombies.ts";
import { leaveOrphans, type NoOrphans, type OrphanMaker, type Orphans } from "../../stack/orphans.ts";
import { inIdle } from "./idle.ts";
import { attempt, conclude, isDone, notUp, type StackScene, stateOf } from "./scene.ts";

/** In milliseconds. Who waits for children does so when told of one's end; some look only now and then. */
const PATIENCE = 3_000;
/** In the twin, where nobody ever looks; at least as long as the service took. */
const TWIN_PATIENCE = 700;
const EXEC_TIMEOUT = 10_000;

export async function proveNoZombies(scene: StackScene, service: StackService): Promise<Finding> {
  const { container } = service;
  const maker = makerFor(scene, service);
  const seen = "outcome" in maker ? maker : await inDouble(scene, container.name, maker);
  const hardened = "outcome" in seen ? seen : judgeOrphans(seen, PATIENCE);
  const twin =
    "outcome" in maker || !("took" in seen) || hardened.outcome !== "refused"
      ? undefined
      : await whereNobodyWaits(scene, container, maker, Math.max(TWIN_PATIENCE, seen.took));
  return conclude(scene, service, noZombies, hardened, twin, {
    en: "the first process waits for nobody",
    ru: "первый процесс никого не ждёт",
  });
}

/** What to leave them with, or what to say where none can be left or looked for. */
function makerFor(scene: StackScene, service: StackService): OrphanMaker | Attempt {
  const { container } = service;
  if (isDone(stateOf(scene, service)))
    return attempt("absent", "it has ended, as it should", "она завершилась, как и должна");
  if (container.pid === "host" || container.extras?.sharePid !== undefined)
    return attempt(
      "absent",
      "its orphans are inherited outside of it: it has no process namespace of its own",
      "её сирот наследуют вне её: своего пространства имён процессов у неё нет",
    );
  const unable = notUp(scene, container.name);
  if (unable !== undefined) return unable;
  return (
    scene.double.orphanMaker(container.name) ??
    attempt(
      "unable",
      "orphans can be left and seen only on this machine, on x86-64",
      "оставить и увидеть сирот можно лишь на этой машине, на x86-64",
    )
  );
}

async function inDouble(
  { double, signal }: StackScene,
  service: string,
  maker: OrphanMaker,
): Promise<Orphans | NoOrphans | Attempt> {
  const exec = (argv: readonly string[], stdin: Uint8Array) => double.exec(service, argv, { stdin });
  try {
    return await leaveOrphans({ first: double.pid(service), exec }, maker, PATIENCE, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Fault)) throw error;
    return attempt("unable", error.message, error.message);
  }
}

async function whereNobodyWaits(
  scene: StackScene,
  container: Container,
  maker: OrphanMaker,
  patience: number,
): Promise<Attempt> {
  const idle = { ...container, mounts: [...container.mounts, maker] };
  return await inIdle(scene, idle, async (running) => {
    const exec = (argv: readonly string[], stdin: Uint8Array) =>
      running.exec(argv, { stdin, timeout: EXEC_TIMEOUT });
    const seen = await leaveOrphans({ first: running.pid, exec }, maker, patience, scene.signal);
    return judgeOrphans(seen, patience);
  });
}

export function judgeOrphans(seen: Orphans | NoOrphans, patience: number): Attempt {
  if ("saw" in seen) {
    const steps: readonly Step[] = [
      { did: "started a process beside the first, which makes others", saw: seen.saw },
    ];
    return seen.isForbidden
      ? attempt(
          "absent",
          "nothing in it can start a process",
          "ничто в ней не может запустить процесс",
          steps,
        )
      : attempt("unable", `no orphan was left: ${seen.saw}`, `сирот не получилось: ${seen.saw}`, steps);
  }
  const { made, left, took } = seen;
  const steps: readonly Step[] = [
    {
      did: `started a process beside the first, which made ${made} and waited for none`,
      saw: `${made} orphans`,
    },
    { did: `looked at their state for ${took} ms`, saw: left === 0 ? "all are gone" : `${left} zombies` },
  ];
  return left === 0
    ? attempt(
        "refused",
        `all ${made} were gone after ${took} ms`,
        `все ${made} исчезли через ${took} мс`,
        steps,
      )
    : attempt(
        "breached",
        `${left} of ${made} were zombies after ${patience / 1000} s`,
        `через ${patience / 1000} с зомби остались: ${left} из ${made}`,
        steps,
      );
}
