/** The service is healthy, and its health check is one that can fail: a check that cannot is no evidence. */
import { randomBytes } from "node:crypto";
import type { Attempt, Finding } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { TRAMPOLINE_X64 } from "../trampoline/trampoline-x64.ts";
import { conclude, type StackClaim, type StackScene, stateOf } from "./scene.ts";

const CLAIM: StackClaim = {
  control: "healthy",
  claim: {
    en: "The service is healthy, by a check that fails when it is not",
    ru: "Служба здорова, и её проверка здоровья действительно может не пройти",
  },
  key: "healthcheck",
  fix: {
    en: 'healthcheck: { test: ["CMD", "program-in-the-image", "argument"] }',
    ru: 'healthcheck: { test: ["CMD", "программа-из-образа", "аргумент"] }',
  },
};

export async function proveHealthy(scene: StackScene, service: StackService): Promise<Finding> {
  const hardened = live(scene, service);
  const twin = hardened.outcome === "refused" ? await withoutService(scene, service) : undefined;
  return conclude(scene, service, CLAIM, hardened, twin, {
    en: "the service is not running",
    ru: "служба не запущена",
  });
}

function live(scene: StackScene, service: StackService): Attempt {
  const { healthCheck } = service;
  const state = stateOf(scene, service);
  if (healthCheck === undefined) {
    return {
      outcome: "breached",
      summary: { en: "nobody checks whether it works", ru: "никто не проверяет, работает ли она" },
      steps: [],
    };
  }
  const steps = (state?.health ?? []).map(({ code, timedOut, output }) => ({
    did: healthCheck.argv.join(" "),
    saw: `${timedOut ? "timed out" : `exit ${code}`}${output.trim() === "" ? "" : `: ${output.trim()}`}`,
  }));
  const status = state?.status ?? "missing";
  if (status === "healthy") return { outcome: "refused", summary: { en: "healthy", ru: "здорова" }, steps };
  const last = steps.at(-1)?.saw ?? state?.failure ?? "";
  return { outcome: "breached", summary: { en: `${status}: ${last}`, ru: `${status}: ${last}` }, steps };
}

/** The same check where nothing but an idle process runs. */
async function withoutService(
  { engine }: StackScene,
  { container, healthCheck }: StackService,
): Promise<Attempt> {
  const idle = `/.seaworthy-${randomBytes(8).toString("hex")}`;
  const mounts = container.mounts.filter((mount) => mount.kind !== "volume");
  await using running = await engine.start(
    { ...container, argv: [idle], mounts },
    {
      network: { kind: "private" },
      plant: [{ path: idle, content: TRAMPOLINE_X64, mode: 0o755, uid: 0, gid: 0 }],
    },
  );
  const argv = healthCheck?.argv ?? [];
  const { code, timedOut } = await running.exec(argv, { timeout: 10_000 });
  const steps = [{ did: argv.join(" "), saw: timedOut ? "timed out" : `exit ${code}` }];
  if (code === 0)
    return {
      outcome: "refused",
      summary: { en: "the check passes without the service", ru: "проверка проходит и без службы" },
      steps,
    };
  return { outcome: "breached", summary: { en: "the check fails", ru: "проверка не проходит" }, steps };
}
