/** Where a container is attacked: doubles of it, one for each attempt, with what the prover plants beside them. */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt, Text } from "@seaworthy/evidence";
import type { Container, Mount, User } from "../engine/container.ts";
import type { Engine, EngineFacts, NetworkHandle, StartOptions } from "../engine/engine.ts";
import { Fault } from "../fault/fault.ts";
import { serveControl } from "../net/control-socket.ts";
import type { Control } from "../posture/control.ts";
import { isLearned, withPostureProfile } from "../posture/controls/only-needed-calls.ts";
import { controlsOf, type Posture } from "../posture/controls.ts";
import { trampoline, UnableError } from "../trampoline/client.ts";
import { TRAMPOLINE_X64 } from "../trampoline/trampoline-x64.ts";
import { attacker } from "./attacker.ts";
import type { Probe } from "./probe.ts";
import { rareCalls } from "./probes/rare-calls.ts";
import { probesOf } from "./probes.ts";
import { withoutInit } from "./without-init.ts";

export interface SceneOptions {
  /** The service's own network, for attacks on where it stands; `undefined` while it does not run. */
  readonly network: NetworkHandle | undefined;
  /** An existing directory on the host, absolute, for what the prover plants. */
  readonly workDirectory: string;
  readonly posture: Posture;
  /** Attacks of the user's own. */
  readonly more?: readonly Probe[];
  readonly signal?: AbortSignal | undefined;
}

export interface AttackScene extends AsyncDisposable {
  /** Those of the posture, in the order of the report. */
  readonly probes: readonly Probe[];
  /** Those of the posture; what is to be loosened mounts what this scene has. */
  readonly controls: readonly Control[];
  readonly unable: EngineFacts["unable"];
  /** The container as it was declared, as the user that the probe attacks as. */
  subject(probe: Probe): Container;
  /** In a container of its own, gone when it is done. That it cannot be started is an outcome, not an error. */
  attempt(probe: Probe, container: Container): Promise<Attempt>;
}

/** Debian's `nobody`, for attacks that make no sense as root. */
const NOBODY: User = { uid: 65534, gid: 65534, groups: [] };
const ROOT: User = { uid: 0, gid: 0, groups: [] };

export async function openAttackScene(
  engine: Engine,
  container: Container,
  options: SceneOptions,
): Promise<AttackScene> {
  const folder = await mkdtemp(join(options.workDirectory, "probe-"));
  const canary = {
    directory: join(folder, "host"),
    socket: join(folder, "control.sock"),
    content: randomBytes(16).toString("hex"),
  };
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await mkdir(canary.directory);
    await writeFile(join(canary.directory, "canary"), canary.content);
    const { architecture, unable } = await engine.facts();
    const control = await serveControl(canary.socket, () => Promise.resolve("a prover's socket"));
    const own = asDouble(container);
    const declared = withPostureProfile(own, options.posture);
    const learned = isLearned(container, options.posture) ? [rareCalls] : [];
    const probes = probesOf(canary, options.posture);
    const probed = new Map(probes.map(({ control: one }) => [one.id, one]));
    const name = randomBytes(8).toString("hex");
    const stage: Stage = { name, canAttack: architecture === "amd64", engine, declared, canary, options };
    return {
      probes: [...probes, ...learned, ...(options.more ?? [])].filter(
        ({ services }) => services?.includes(container.name) ?? true,
      ),
      controls: controlsOf(options.posture).map((one) => probed.get(one.id) ?? one),
      unable,
      subject: (probe) => ({
        ...(probe.withLearnedProfile === true ? own : declared),
        user: userFor(probe, own.user),
      }),
      attempt: (probe, subject) =>
        attempt(probe, subject, probe.withLearnedProfile === true ? { ...stage, declared: own } : stage),
      async [Symbol.asyncDispose]() {
        await control[Symbol.asyncDispose]();
        await dispose();
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The trampoline is machine code. */
const WRONG_PROCESSOR: Text = {
  en: "attacks can be made on x86-64 only so far",
  ru: "атаки пока возможны только на x86-64",
};

interface Stage {
  /** In the names of planted files: the same for every attempt, so that an engine may plant them once. */
  readonly name: string;
  readonly canAttack: boolean;
  readonly engine: Engine;
  readonly declared: Container;
  readonly canary: { readonly directory: string; readonly socket: string; readonly content: string };
  readonly options: SceneOptions;
}

async function attempt(probe: Probe, container: Container, stage: Stage): Promise<Attempt> {
  const { engine, canary, options, name } = stage;
  if (!stage.canAttack) return { outcome: "unable", summary: WRONG_PROCESSOR, steps: [] };
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
      declared: stage.declared,
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

/** The double sees none of the service's data: its volumes are empty folders of the same user. Its first process is ours. */
function asDouble(container: Container): Container {
  const { uid, gid } = container.user;
  const mounts = container.mounts.map((mount): Mount => {
    if (mount.kind === "volume" && !mount.readOnly)
      return { kind: "scratch", target: mount.target, owner: { uid, gid } };
    // What is the user's own is looked at and never written to.
    return mount.kind === "bind" ? { ...mount, readOnly: true } : mount;
  });
  return { ...withoutInit(container), mounts };
}
