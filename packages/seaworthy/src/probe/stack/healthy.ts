/** The service is healthy, and its health check is one that can fail: a check that cannot is no evidence. */
import type { Attempt, Finding } from "@seaworthy/evidence";
import type { ExecResult } from "../../engine/engine.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { healthy } from "../../posture/stack-claims/healthy.ts";
import type { ServiceState } from "../../stack/state.ts";
import { inIdle } from "./idle.ts";
import { attempt, conclude, isDone, type StackScene, stateOf } from "./scene.ts";

const PATIENCE = 10_000;

export async function proveHealthy(scene: StackScene, service: StackService): Promise<Finding> {
  const hardened = readHealth(service, stateOf(scene, service));
  const twin = hardened.outcome === "refused" ? await withoutService(scene, service) : undefined;
  return conclude(scene, service, healthy, hardened, twin, {
    en: "the service is not running",
    ru: "служба не запущена",
  });
}

export function readHealth({ healthCheck }: StackService, state: ServiceState | undefined): Attempt {
  if (isDone(state))
    return attempt("absent", "it did its work and ended with 0", "сделала работу и завершилась с кодом 0");
  if (healthCheck === undefined)
    return attempt("breached", "nobody checks whether it works", "никто не проверяет, работает ли она");
  const steps = (state?.health ?? []).map(({ code, timedOut, output }) => ({
    did: healthCheck.argv.join(" "),
    saw: outcomeOf({ code, timedOut }, output),
  }));
  const status = state?.status ?? "missing";
  if (status === "healthy") return attempt("refused", "healthy", "здорова", steps);
  const last = steps.at(-1)?.saw ?? state?.failure;
  const summary = last === undefined ? status : `${status}: ${last}`;
  return attempt("breached", summary, summary, steps);
}

/** The same check where nothing but an idle process runs. */
async function withoutService(scene: StackScene, { container, healthCheck }: StackService): Promise<Attempt> {
  const argv = healthCheck?.argv ?? [];
  return await inIdle(scene, container, async (running) => {
    const result = await running.exec(argv, {
      timeout: Math.min(healthCheck?.timeout ?? PATIENCE, PATIENCE),
    });
    const steps = [{ did: argv.join(" "), saw: checkedAs(result) }];
    if (result.code === 0) {
      return attempt(
        "refused",
        "the check passes without the service",
        "проверка проходит и без службы",
        steps,
      );
    }
    return attempt("breached", "the check fails", "проверка не проходит", steps);
  });
}

/** What a check that was run came to, with what it said. */
export function checkedAs(result: ExecResult): string {
  return outcomeOf(result, Buffer.concat([result.stdout, result.stderr]).toString("utf8"));
}

function outcomeOf({ code, timedOut }: Pick<ExecResult, "code" | "timedOut">, output: string): string {
  const how = timedOut ? "timed out" : code === undefined ? "could not run" : `exit ${code}`;
  const words = output.trim();
  return words === "" ? how : `${how}: ${words}`;
}
