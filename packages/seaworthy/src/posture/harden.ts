/** A container under every control at once. */
import type { Container } from "../engine/container.ts";
import type { Control } from "./control.ts";

/** Pure; the order of the controls does not matter; twice is once; each control only narrows. */
export function harden(container: Container, controls: readonly Control[]): Container {
  let hardened = container;
  for (const control of controls) hardened = control.apply(hardened);
  return hardened;
}
