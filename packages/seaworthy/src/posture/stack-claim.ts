/** A claim on a stack as a whole, which no single container can be loosened for. */
import type { Text } from "@seaworthy/evidence";
import type { About } from "./about.ts";

export interface StackClaim {
  readonly control: string;
  readonly claim: Text;
  /** The key of a Compose service that decides it. */
  readonly key: string;
  readonly fix: Text;
  readonly about: About;
}
