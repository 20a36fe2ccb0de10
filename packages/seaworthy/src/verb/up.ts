/** `up`: builds what is missing, starts the stack, and waits until every service is healthy. */
import { Fault } from "../fault/fault.ts";
import { inPhase } from "../progress/progress.ts";
import type { StackHandle, StackRuntime } from "../stack/stack-runtime.ts";
import type { StackSpec } from "../stack/stack-spec.ts";
import type { StackState } from "../stack/state.ts";
import { type BuildOptions, type Built, build } from "./build.ts";
import { stackSpec } from "./running-stack.ts";
import type { VerbIo } from "./verb.ts";

export type UpOptions = Omit<BuildOptions, "output" | "service">;

export interface Up {
  readonly built: Built;
  readonly spec: StackSpec;
  readonly runtime: StackRuntime;
  readonly handle: StackHandle;
  readonly state: StackState;
}

/** Brings the stack up and lets go of it: it stays when this process ends. */
export async function up(options: UpOptions, io: VerbIo): Promise<StackState> {
  const running = await bringUp(options, io, { leash: false, mustBeHealthy: true });
  running.handle.release();
  return running.state;
}

/**
 * @param how.leash whether the stack ends with this process
 * @param how.volumes where volumes are kept, instead of the place for those that stay
 * @param how.mustBeHealthy whether a service that will not get healthy is an error; otherwise the state says so
 * @throws Fault of building and of the engine, `stack/already-running`, `stack/port-taken`, `stack/unhealthy`
 */
export async function bringUp(
  options: UpOptions,
  io: VerbIo,
  how: {
    readonly leash: boolean;
    readonly mustBeHealthy: boolean;
    readonly declare?: (built: Built) => Promise<StackSpec>;
  },
): Promise<Up> {
  const built = await build(options, io);
  return await inPhase(io.progress, "up", async (phase) => {
    const { directories, host } = built.project;
    const runtime = await host.runtime();
    const spec = await (how.declare?.(built) ?? stackSpec(built, directories.state));
    phase.update("unpacking layers");
    const handle = await runtime.start(spec, {
      leash: how.leash,
      signal: io.signal,
      onChange(state) {
        phase.update(describe(state));
        io.onStack?.(state);
      },
    });
    try {
      const state = await handle.waitHealthy({ signal: io.signal });
      return { value: { built, spec, runtime, handle, state }, summary: describe(state) };
    } catch (error) {
      if (!how.mustBeHealthy && !io.signal.aborted) {
        const state = handle.state();
        return { value: { built, spec, runtime, handle, state }, summary: describe(state) };
      }
      const state = handle.state();
      await handle[Symbol.asyncDispose]();
      throw withProfileHint(error, spec, state);
    }
  });
}

/** A call that a profile of one's own refuses looks like anything but that. */
function withProfileHint(error: unknown, { services }: StackSpec, { services: states }: StackState): unknown {
  if (!(error instanceof Fault) || error.code !== "stack/unhealthy") return error;
  const failed = services.find(
    ({ container }) =>
      container.extras?.seccompProfile !== undefined &&
      states.some(
        ({ name, status }) => name === container.name && status !== "healthy" && status !== "running",
      ),
  );
  if (failed === undefined) return error;
  const { code, message, place, exit, hint = "" } = error;
  const more =
    "It has a seccomp profile of its own. What that refuses is named by: seaworthy learn --missing";
  return new Fault({ code, message, place, exit, hint: `${hint}\n${more}`, cause: error });
}

/** `db healthy, redis healthy, app starting`. */
function describe(state: StackState): string {
  return state.services.map(({ name, status }) => `${name} ${status}`).join(", ");
}
