/** `learn --missing`: names the system calls that services make and their own profiles refuse. */
import type { ExitCode } from "../fault/fault.ts";
import { type Calls, counts, refusedBy } from "../learn/calls.ts";
import { type Exercised, isWorking } from "../learn/exercise.ts";
import { postureProfile } from "../posture/controls/only-needed-calls.ts";
import { allowedNames } from "../posture/seccomp/learned.ts";
import { allowing, profileOf } from "../posture/seccomp/portable.ts";
import { inPhase } from "../progress/progress.ts";
import { type RecordOptions, withRecorder } from "./recorder.ts";
import type { VerbIo } from "./verb.ts";

/** Calls that a service made and its own profile refuses, by service, with how often. */
export interface Missing {
  readonly services: ReadonlyMap<string, Calls>;
  /** What went wrong meanwhile. */
  readonly exercised: Exercised;
  readonly exitCode: 0 | ExitCode;
}

/** Services run under their posture's profile meanwhile: one that is refused a call seldom comes to the next. */
export async function missingCalls(options: RecordOptions, io: VerbIo): Promise<Missing> {
  return await withRecorder(options, io, async (recorder) => {
    const base = postureProfile(recorder.project.compose.posture);
    const own = new Map(recorder.services.map(({ container }) => [container.name, profileOf(container)]));
    return await inPhase(io.progress, "record", async () => {
      const wide = [...own].map(([name, profile]) => [name, allowing(base, allowedNames(profile))] as const);
      const { calls, exercised } = await recorder.record(new Map(wide));
      const services = new Map(
        [...calls].map(([name, seen]) => [name, refusedBy(own.get(name) ?? base, seen, base)] as const),
      );
      const isWell = [...services.values()].every(({ size }) => size === 0) && isWorking(exercised);
      const value: Missing = { services, exercised, exitCode: isWell ? 0 : 1 };
      return { value, summary: counts(services) };
    });
  });
}
