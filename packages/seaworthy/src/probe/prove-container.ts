/** Attacks one service's container: every probe in a double and in its twin, side by side, each gone when it is done. */
import type { Attempt, Finding, SourceLine, Text } from "@seaworthy/evidence";
import type { Container } from "../engine/container.ts";
import type { Engine } from "../engine/engine.ts";
import { type AttackScene, openAttackScene, type SceneOptions } from "./attack-scene.ts";
import { judge } from "./judge.ts";
import type { Probe } from "./probe.ts";
import { secondRefusal } from "./second-refusal.ts";

export interface ProveOptions extends SceneOptions {
  /** How many probes run at once. */
  readonly concurrency: number;
  source(key: string): SourceLine | undefined;
  readonly onFinding?: (finding: Finding) => void;
}

/** One finding a probe, in the probes' order. */
export async function proveContainer(
  engine: Engine,
  container: Container,
  options: ProveOptions,
): Promise<readonly Finding[]> {
  await using scene = await openAttackScene(engine, container, options);
  const queue = [...scene.probes.entries()];
  const findings: Finding[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      options.signal?.throwIfAborted();
      const [index, probe] = next;
      const finding = await prove(probe, scene, options);
      findings[index] = finding;
      options.onFinding?.(finding);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return findings;
}

/** What an engine must be able to enforce for a control to hold. */
const ENFORCED_BY: Readonly<Record<string, string>> = {
  "memory-limit": "memory",
  "pids-limit": "pids",
  "cpu-limit": "cpus",
};

async function prove(probe: Probe, scene: AttackScene, options: ProveOptions): Promise<Finding> {
  const { control } = probe;
  const subject = scene.subject(probe);
  const hardened = await scene.attempt(probe, subject);
  const loosened = hardened.outcome === "refused" ? control.loosen(subject) : undefined;
  const twin = loosened === undefined ? undefined : await scene.attempt(probe, loosened.container);
  const { verdict, reason: why = whyUnable(scene, control.id, hardened) } = judge(hardened, twin);
  const isRefusedTwice = loosened !== undefined && twin?.outcome === "refused";
  const reason = isRefusedTwice ? ((await secondRefusal(scene, probe, loosened.container)) ?? why) : why;
  const source = options.source(control.key);
  return {
    id: `${control.id}.${probe.id}/${subject.name}`,
    control: control.id,
    kind: "control",
    service: subject.name,
    claim: probe.claim ?? control.claim,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    hardened,
    ...(twin === undefined ? {} : { twin }),
    ...(loosened === undefined ? {} : { loosened: loosened.difference, mechanism: control.mechanism }),
    ...(source === undefined ? {} : { source }),
    fix: probe.fix ?? control.fix,
  };
}

/** A limit that was declared, and that this engine cannot keep. */
function whyUnable({ unable }: AttackScene, control: string, { outcome }: Attempt): Text | undefined {
  const why = unable.get(ENFORCED_BY[control] ?? "");
  if (outcome !== "breached" || why === undefined) return undefined;
  return {
    en: `this engine cannot enforce it: ${why}`,
    ru: `этот движок не может обеспечить ограничение: ${why}`,
  };
}
