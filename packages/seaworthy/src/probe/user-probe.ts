/** Attacks of the user's own, beside those of Seaworthy: the same containers, the same twins, the same evidence. */
import type { Attempt, Text } from "@seaworthy/evidence";
import { controlsOf } from "../posture/controls.ts";
import type { AttackStep, DeclaredProbe } from "../recipe/probe-file.ts";
import { text } from "../trampoline/client.ts";
import { type Attacker, failedWith, O_CREAT_EXCL, O_WRONLY, outcomeOf, succeeded } from "./attacker.ts";
import type { Probe, Target } from "./probe.ts";
import { AF_INET, socketAddress } from "./socket-address.ts";

/** What a module of probes exports, as `probes`. */
export interface UserProbe {
  /** Of small letters, digits and `-`. */
  readonly id: string;
  /** A sentence that is true when the attack is refused. */
  readonly claim: Text | string;
  /** The id of the control that is to refuse it; its twin is the same container without it. */
  readonly control: string;
  /** All when left out. */
  readonly services?: readonly string[] | undefined;
  readonly as?: Probe["as"];
  readonly inNetwork?: boolean;
  attempt(target: Target): Promise<Attempt>;
}

/** @returns `undefined` for a control that nobody knows */
export function toProbe(own: UserProbe): Probe | undefined {
  const control = controlsOf("strict").find(({ id }) => id === own.control);
  if (control === undefined) return undefined;
  const { id, claim, services, as = "declared", inNetwork } = own;
  return {
    ...{ id, control, as },
    claim: typeof claim === "string" ? { en: claim, ru: claim } : claim,
    ...(services === undefined ? {} : { services }),
    ...(inNetwork === undefined ? {} : { inNetwork }),
    attempt: (target) => own.attempt(target),
  };
}

export function fromDeclared({ attack, refused, ...rest }: DeclaredProbe): UserProbe {
  const inNetwork = attack.some(({ kind }) => kind === "connect");
  return { ...rest, inNetwork, attempt: ({ attacker }) => carryOut(attacker, attack, refused) };
}

type Came = "breached" | "refused" | "unable";

async function carryOut(
  attacker: Attacker,
  attack: readonly AttackStep[],
  refused: readonly string[],
): Promise<Attempt> {
  const came: { readonly outcome: Came; readonly what: string }[] = [];
  for (const step of attack) came.push(await carryOutStep(attacker, step, refused));
  const told = (outcome: Came): string =>
    came
      .filter((one) => one.outcome === outcome)
      .map(({ what }) => what)
      .join(", ");
  for (const outcome of ["breached", "unable"] as const) {
    if (came.some((one) => one.outcome === outcome))
      return attacker[outcome]({ en: told(outcome), ru: told(outcome) });
  }
  return attacker.refused({ en: told("refused"), ru: told("refused") });
}

async function carryOutStep(
  attacker: Attacker,
  step: AttackStep,
  refused: readonly string[],
): Promise<{ readonly outcome: Came; readonly what: string }> {
  if (step.kind === "execute") {
    const { executed, saw } = await attacker.execute(`execve("${step.path}")`, step.path);
    const what = `execute ${step.path}: ${saw}`;
    return { outcome: executed ? "breached" : refused.includes(saw) ? "refused" : "unable", what };
  }
  const { did, result } = await make(attacker, step);
  const outcome = succeeded(result) ? "breached" : failedWith(result, ...refused) ? "refused" : "unable";
  return { outcome, what: `${did}: ${succeeded(result) ? "done" : outcomeOf(result)}` };
}

const SOCK_STREAM = 1;

async function make(attacker: Attacker, step: Exclude<AttackStep, { readonly kind: "execute" }>) {
  if (step.kind === "socket") {
    const did = `socket(${step.family}, ${step.type})`;
    const result = await attacker.call(did, "socket", [step.family, step.type, 0]);
    if (succeeded(result)) await attacker.quietly("close", [result.value]);
    return { did, result };
  }
  if (step.kind === "connect") {
    const did = `connect(${step.address}:${step.port})`;
    const made = await attacker.quietly("socket", [AF_INET, SOCK_STREAM, 0]);
    if (!succeeded(made)) return { did, result: made };
    const where = socketAddress(step.address.split(".").map(Number), step.port);
    const result = await attacker.call(did, "connect", [made.value, where, where.length]);
    await attacker.quietly("close", [made.value]);
    return { did, result };
  }
  const flags = { reading: 0, writing: O_WRONLY, making: O_WRONLY | O_CREAT_EXCL }[step.for];
  const shown = { reading: "O_RDONLY", writing: "O_WRONLY", making: "O_CREAT | O_EXCL | O_WRONLY" }[step.for];
  const did = `open("${step.path}", ${shown})`;
  const result = await attacker.call(did, "open", [text(step.path), flags, 0o600]);
  if (succeeded(result)) {
    await attacker.quietly("close", [result.value]);
    if (step.for === "making") await attacker.quietly("unlink", [text(step.path)]);
  }
  return { did, result };
}
