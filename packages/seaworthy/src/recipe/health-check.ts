/** Reads `healthcheck:`; what it leaves open comes from the image or from Docker's defaults. */
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { readDuration } from "./durations.ts";
import { expectBoolean, expectInteger, expectMap, expectString, optional } from "./expect.ts";

/** Durations in milliseconds; `undefined` where the file says nothing. */
export interface ComposeHealthCheck {
  /** Asked for by `disable: true` or `test: ["NONE"]`. */
  readonly disabled: boolean;
  /** Exec form: `["CMD-SHELL", line]` has become `["/bin/sh", "-c", line]`. */
  readonly argv: readonly string[] | undefined;
  readonly interval: number | undefined;
  readonly timeout: number | undefined;
  readonly startPeriod: number | undefined;
  readonly startInterval: number | undefined;
  readonly retries: number | undefined;
}

export function readHealthCheck(node: ComposeNode): ComposeHealthCheck {
  const map = expectMap(node);
  checkKeys(map, KEYS.healthcheck);
  const test = optional(map, "test", readTest);
  const disabled = test === "none" || (optional(map, "disable", expectBoolean) ?? false);
  return {
    disabled,
    argv: disabled ? undefined : test,
    interval: optional(map, "interval", readDuration),
    timeout: optional(map, "timeout", readDuration),
    startPeriod: optional(map, "start_period", readDuration),
    startInterval: optional(map, "start_interval", readDuration),
    retries: optional(map, "retries", (value) => expectInteger(value, 0)),
  };
}

function readTest(node: ComposeNode): readonly string[] | "none" {
  if (node.kind !== "list") return shell(expectString(node));
  const [form, ...rest] = node.items.map(expectString);
  if (form === "NONE" && rest.length === 0) return "none";
  if (form === "CMD" && rest.length > 0) return rest;
  if (form === "CMD-SHELL" && rest.length === 1) return shell(rest[0] ?? "");
  throw valueFault(node, '["CMD", program, ...], ["CMD-SHELL", line] or ["NONE"]');
}

function shell(line: string): readonly string[] {
  return ["/bin/sh", "-c", line];
}
