/** Attacks one service's container: every probe in a double and in its twin, side by side, each gone when it is done. */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt, Finding, SourceLine, Text } from "@seaworthy/evidence";
import type { Container, Mount, User } from "../engine/container.ts";
import type { Engine, EngineFacts, NetworkHandle, StartOptions } from "../engine/engine.ts";
import { Fault } from "../fault/fault.ts";
import { serveControl } from "../net/control-socket.ts";
import { trampoline, UnableError } from "../trampoline/client.ts";
import { TRAMPOLINE_X64 } from "../trampoline/trampoline-x64.ts";
import { attacker } from "./attacker.ts";
import { judge } from "./judge.ts";
import type { Probe } from "./probe.ts";
import { probesOf } from "./probes.ts";

export interface ProveOptions {
  /** The service's own network, for attacks on where it stands; `undefined` while it does not run. */
  readonly network: NetworkHandle | undefined;
  /** An existing directory on the host, absolute, for what the prover plants. */
  readonly workDirectory: string;
  /** How many probes run at once. */
  readonly concurrency: number;
  source(key: string): SourceLine | undefined;
  readonly onFinding?: (finding: Finding) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Debian's `nobody`, for attacks that make no sense as root. */
const NOBODY: User = { uid: 65534, gid: 65534, groups: [] };
const ROOT: User = { uid: 0, gid: 0, groups: [] };

/** One finding a probe, in the probes' order. */
export async function proveContainer(
  engine: Engine,
  container: Container,
  options: ProveOptions,
): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(options.workDirectory, "probe-"));
  const canary = {
    directory: join(folder, "host"),
    socket: join(folder, "control.sock"),
    content: randomBytes(16).toString("hex"),
  };
  try {
    await mkdir(canary.directory);
    await writeFile(join(canary.directory, "canary"), canary.content);
    await using _ = await serveControl(canary.socket, () => Promise.resolve("a prover's socket"));
    const { architecture, unable } = await engine.facts();
    const canAttack = architecture === "amd64";
    const scene: Scene = {
      name: randomBytes(8).toString("hex"),
      ...{ canAttack, unable },
      engine,
      declared: asDouble(container),
      canary,
      options,
    };
    const queue = [...probesOf(canary).entries()];
    const findings: Finding[] = [];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        options.signal?.throwIfAborted();
        const [index, probe] = next;
        const finding = await prove(probe, scene);
        findings[index] = finding;
        options.onFinding?.(finding);
      }
    };
    await Promise.all(Array.from({ length: options.concurrency }, work));
    return findings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The trampoline is machine code. */
const WRONG_PROCESSOR: Text = {
  en: "attacks can be made on x86-64 only so far",
  ru: "атаки пока возможны только на x86-64",
};

/** What an engine must be able to enforce for a control to hold. */
const ENFORCED_BY: Readonly<Record<string, string>> = { "memory-limit": "memory", "pids-limit": "pids" };

interface Scene {
  readonly unable: EngineFacts["unable"];
  /** In the names of planted files: the same for every attempt, so that an engine may plant them once. */
  readonly name: string;
  readonly canAttack: boolean;
  readonly engine: Engine;
  readonly declared: Container;
  readonly canary: { readonly directory: string; readonly socket: string; readonly content: string };
  readonly options: ProveOptions;
}

async function prove(probe: Probe, scene: Scene): Promise<Finding> {
  const { control } = probe;
  const subject = { ...scene.declared, user: userFor(probe, scene.declared.user) };
  const hardened = await attempt(probe, subject, scene);
  const loosened = hardened.outcome === "refused" ? control.loosen(subject) : undefined;
  const twin = loosened === undefined ? undefined : await attempt(probe, loosened.container, scene);
  const { verdict, reason = whyUnable(scene, control.id, hardened) } = judge(hardened, twin);
  const source = scene.options.source(control.key);
  return {
    id: `${control.id}.${probe.id}/${subject.name}`,
    control: control.id,
    kind: "control",
    service: subject.name,
    claim: control.claim,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    hardened,
    ...(twin === undefined ? {} : { twin }),
    ...(loosened === undefined ? {} : { loosened: loosened.difference }),
    ...(source === undefined ? {} : { source }),
    fix: control.fix,
  };
}

/** A limit that was declared, and that this engine cannot keep. */
function whyUnable({ unable }: Scene, control: string, { outcome }: Attempt): Text | undefined {
  const why = unable.get(ENFORCED_BY[control] ?? "");
  if (outcome !== "breached" || why === undefined) return undefined;
  return {
    en: `this engine cannot enforce it: ${why}`,
    ru: `этот движок не может обеспечить ограничение: ${why}`,
  };
}

async function attempt(probe: Probe, container: Container, scene: Scene): Promise<Attempt> {
  const { engine, canary, options, name } = scene;
  if (!scene.canAttack) return { outcome: "unable", summary: WRONG_PROCESSOR, steps: [] };
  const program = `/.seaworthy-${name}`;
  const setUidFile = `/.seaworthy-${name}-set-uid`;
  const planted = { content: TRAMPOLINE_X64, uid: 0, gid: 0 };
  try {
    await using running = await engine.start(
      { ...container, argv: [program], workingDirectory: "/" },
      {
        network: networkFor(probe, container, options.network),
        plant: [
          { ...planted, path: program, mode: 0o755 },
          { ...planted, path: setUidFile, mode: 0o4755 },
        ],
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
    );
    return await probe.attempt({
      container,
      declared: scene.declared,
      attacker: attacker(trampoline(running)),
      setUidFile,
      canary: { path: join(canary.directory, "canary"), content: canary.content },
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof UnableError) && !(error instanceof Fault)) throw error;
    const summary: Text = { en: error.message, ru: error.message };
    return { outcome: "unable", summary, steps: [] };
  }
}

function networkFor(
  probe: Probe,
  container: Container,
  network: NetworkHandle | undefined,
): StartOptions["network"] {
  if (container.network === "host") return { kind: "host" };
  return probe.inNetwork === true && network !== undefined ? { kind: "join", network } : { kind: "private" };
}

function userFor(probe: Probe, declared: User): User {
  if (probe.as === "root") return ROOT;
  return probe.as === "unprivileged" && declared.uid === 0 ? NOBODY : declared;
}

/** The double sees none of the service's data: its volumes are empty folders of the same user. */
function asDouble(container: Container): Container {
  const { uid, gid } = container.user;
  const mounts = container.mounts.map((mount): Mount => {
    if (mount.kind === "volume" && !mount.readOnly)
      return { kind: "scratch", target: mount.target, owner: { uid, gid } };
    // What is the user's own is looked at and never written to.
    return mount.kind === "bind" ? { ...mount, readOnly: true } : mount;
  });
  return { ...container, mounts };
}
