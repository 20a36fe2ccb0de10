/** Looks at what is mounted in a live container, whoever started it: nothing that can be written to, but what is declared. */
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { Container } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { readOnlyRoot } from "../../posture/controls/read-only-root.ts";
import { mountsOf, realPathOf } from "../../stack/mount-points.ts";
import { declaredMounts, undeclaredMounts } from "../probes/undeclared-mounts.ts";
import { inIdle } from "./idle.ts";
import { attempt, conclude, firstProcess, type StackScene } from "./scene.ts";

export async function proveLiveMounts(scene: StackScene, service: StackService): Promise<Finding> {
  const { container } = service;
  const first = await firstProcess(scene, service);
  const hardened = typeof first === "number" ? await look(first, container) : first;
  const loosened = hardened.outcome === "refused" ? readOnlyRoot.loosen(container) : undefined;
  const twin =
    loosened === undefined
      ? undefined
      : await inIdle(scene, loosened.container, ({ pid }) => look(pid, loosened.container));
  const { claim = readOnlyRoot.claim } = undeclaredMounts;
  const claimed = { ...readOnlyRoot, control: readOnlyRoot.id, probe: "live-mounts", claim };
  return conclude(scene, service, claimed, hardened, twin, loosened?.difference);
}

/** The kernel's own, which each container has. */
const KERNEL = /^\/(?:proc|dev|sys)(?:\/|$)/;

async function look(pid: number, container: Container): Promise<Attempt> {
  const mounts = await mountsOf(pid);
  if (mounts === undefined || mounts.length === 0)
    return attempt("unable", "its mounts cannot be listed", "прочитать список монтирований не удалось");
  const own = new Set(await Promise.all(declaredMounts(container).map((target) => realPathOf(pid, target))));
  const wrong = mounts.filter(({ path, isWritable }) => isWritable && !KERNEL.test(path) && !own.has(path));
  const steps: readonly Step[] = [
    { did: "read /proc/PID/mountinfo", saw: `${mounts.length} mounts` },
    ...wrong.map(({ path }): Step => ({ did: `looked at ${path}`, saw: "rw" })),
  ];
  const paths = wrong.map(({ path }) => path).join(", ");
  return wrong.length > 0
    ? attempt("breached", `mounted to be written to: ${paths}`, `смонтировано для записи: ${paths}`, steps)
    : attempt(
        "refused",
        `none of ${mounts.length} mounts`,
        `ни одного из монтирований (${mounts.length})`,
        steps,
      );
}
