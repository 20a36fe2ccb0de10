/** A container under every control at once. */
import type { Container } from "../engine/container.ts";
import type { Control } from "./control.ts";

/** Pure; the order of the controls does not matter; twice is once; each control only narrows. */
export function harden(container: Container, controls: readonly Control[]): Container {
  let hardened = container;
  for (const control of controls) hardened = control.apply(hardened);
  return hardened;
}

/** Without any of them: as weak as a container gets. The strict ones go first, for without a filter there is none to loosen. */
export function withoutAny(container: Container, controls: readonly Control[]): Container {
  const isStrict = ({ posture }: Control): boolean => posture === "strict";
  return [...controls.filter(isStrict), ...controls.filter((control) => !isStrict(control))].reduce(
    (one, control) => control.loosen(one)?.container ?? one,
    container,
  );
}
