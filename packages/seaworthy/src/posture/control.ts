/** A control: one restriction, one claim, one way to set it, and one way to loosen nothing but it. */
import type { Text } from "@seaworthy/evidence";
import type { Container } from "../engine/container.ts";
import type { About } from "./about.ts";

export interface Loosened {
  readonly container: Container;
  /** The one difference, in words. */
  readonly difference: Text;
}

export interface Control {
  readonly id: string;
  readonly claim: Text;
  /** The key of a Compose service that sets it. */
  readonly key: string;
  /** What in the kernel refuses the attacks: what the twin lacks. */
  readonly mechanism: Text;
  /** What to write to make it hold. */
  readonly fix: Text;
  readonly about: About;
  /** `strict`: beyond what a container that is hardened by the book refuses. `baseline` when left out. */
  readonly posture?: "strict";
  /** The container under this control. Pure; twice is once; never wider than before. */
  apply(container: Container): Container;
  /** The same container without this control, or `undefined` when there is nothing here to control. */
  loosen(container: Container): Loosened | undefined;
}
