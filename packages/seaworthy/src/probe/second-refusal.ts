/** What refuses an attack when the control under test is gone: another control, several of them, or the machine. */
import type { Text } from "@seaworthy/evidence";
import type { Container } from "../engine/container.ts";
import type { Control } from "../posture/control.ts";
import { withoutAny } from "../posture/harden.ts";
import type { AttackScene } from "./attack-scene.ts";
import type { Probe } from "./probe.ts";

/**
 * Takes every other control away as well: all at once, and if the attack works then, one at a time.
 * @param twin in which it was refused: without the control under test
 * @returns `undefined` when it never works: what refuses it is no control of the container
 */
export async function secondRefusal(
  scene: AttackScene,
  probe: Probe,
  twin: Container,
): Promise<Text | undefined> {
  const others = scene.controls.filter(({ id }) => id !== probe.control.id);
  const works = async (container: Container | undefined): Promise<boolean> =>
    container !== undefined && (await scene.attempt(probe, container)).outcome === "breached";
  // Most often it is the machine: then one attempt tells.
  if (!(await works(withoutAny(twin, others)))) return undefined;
  for (const other of others) if (await works(other.loosen(twin)?.container)) return by(other);
  return {
    en: "the attack is refused without the control too: other controls refuse it together",
    ru: "атака отклоняется и без этой меры: её вместе отклоняют другие меры",
  };
}

function by({ id, mechanism }: Control): Text {
  return {
    en: `the attack is refused without the control too, by ${id}: ${mechanism.en}`,
    ru: `атака отклоняется и без этой меры, её отклоняет ${id}: ${mechanism.ru}`,
  };
}
