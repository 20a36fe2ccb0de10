/** What is left to say about a service: what could not be taken from it, and why, and what only its owner can change. */
import type { StackService } from "../engine/stack-service.ts";
import { isLiteralSecret } from "../posture/secret-names.ts";
import { type Grant, holdsCode, isCapability, type Needs } from "./needs.ts";
import type { Outcome } from "./outcome.ts";
import type { Found, Trial } from "./search.ts";

export interface Remark {
  readonly service: string;
  /** `open` keeps the posture from being reached, `need` if nobody accepts what the proof finds of it; `note` does not. */
  readonly kind: "open" | "need" | "note";
  readonly text: string;
}

export const CONTROL_SOCKETS: RegExp = /\/(?:docker|containerd|podman|crio)\.sock$/;
const MOST_PATHS = 3;

/** @param after how it did under the posture, with the rest of the stack */
export function remarksOn(
  service: StackService,
  seen: Outcome | undefined,
  found: Found | undefined,
  after: Outcome | undefined,
): readonly Remark[] {
  const { container, healthCheck } = service;
  const remarks: Remark[] = [];
  const say = (kind: Remark["kind"], text: string): void => {
    remarks.push({ service: container.name, kind, text });
  };
  if (seen?.worked !== true) {
    say("open", `could not be tried: in a copy with empty volumes it ${seen?.problem ?? "was not started"}`);
  } else if (found?.needs === undefined) {
    say(
      "open",
      `nothing was found under which it works: it ${found?.trials.at(-1)?.problem ?? "was tried too often"}`,
    );
  } else {
    for (const text of leftOpen(found.needs, found.trials)) say("need", text);
    if (after?.worked === false) say("open", `under the posture, with the whole stack, it ${after.problem}`);
  }
  if (found !== undefined && found.code.length > 0) {
    say("note", `writes into what was shipped (${shortList(found.code)}); it works without`);
  }
  const isCodeClosed = found?.needs?.grants.includes("read-only-code") === false;
  for (const mount of container.mounts) {
    if (mount.kind !== "bind") continue;
    if (CONTROL_SOCKETS.test(mount.source)) {
      say("open", `has ${mount.source}: who holds it holds the machine, whatever else is taken away`);
    } else if (!mount.readOnly && !(isCodeClosed && holdsCode(mount.target, container))) {
      say("note", `can write to ${mount.source} of this machine; a named volume would keep it in`);
    }
  }
  const secrets = [...container.env]
    .filter(([name, value]) => isLiteralSecret(name, value))
    .map(([name]) => name);
  if (secrets.length > 0) {
    say(
      "note",
      `has secrets in its environment (${secrets.join(", ")}), where every process and every inspection shows them; give it files under \`secrets\``,
    );
  }
  if (healthCheck === undefined && seen?.check === undefined)
    say("note", "has no health check: that it runs is all that could be seen");
  return remarks;
}

/** What could not be taken from a service, each with what happened without it. */
export function leftOpen(needs: Needs, trials: readonly Trial[]): readonly string[] {
  const capabilities = needs.grants.filter(isCapability);
  const root = needs.user.uid === 0 ? [`must start as root: ${asOrdinary(trials)}`] : [];
  const powers =
    capabilities.length === 0 ? [] : [`needs ${capabilities.join(", ")}: ${without(capabilities, trials)}`];
  const rest = needs.grants.filter((grant) => !isCapability(grant));
  const others = rest.map((grant) => `needs an exception from ${grant}: ${without([grant], trials)}`);
  return [...root, ...powers, ...others];
}

function asOrdinary(trials: readonly Trial[]): string {
  const users = trials.filter(({ needs, worked }) => needs.user.uid !== 0 && !worked);
  const last = users.at(-1);
  return last === undefined
    ? "no other user was found"
    : `as ${last.needs.user.uid}:${last.needs.user.gid} it ${last.problem}`;
}

/** From the last trial that lacked one of them. */
function without(grants: readonly Grant[], trials: readonly Trial[]): string {
  const failed = trials.filter(
    ({ needs, worked }) => !worked && !grants.every((grant) => needs.grants.includes(grant)),
  );
  return `without it ${failed.at(-1)?.problem ?? "it did not come up"}`;
}

function shortList(paths: readonly string[]): string {
  const more = paths.length - MOST_PATHS;
  return [...paths.slice(0, MOST_PATHS), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}
