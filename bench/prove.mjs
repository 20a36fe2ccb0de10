/** How long a proof takes: the whole, and each attack in the container and in its twin, one at a time. */
import { openAttackScene } from "../packages/seaworthy/dist/probe/attack-scene.js";
import { SILENT } from "../packages/seaworthy/dist/progress/progress.js";
import { build } from "../packages/seaworthy/dist/verb/build.js";
import { stackSpec } from "../packages/seaworthy/dist/verb/running-stack.js";
import { openExample } from "./example.mjs";
import { median } from "./statistics.mjs";

const TURNS = 5;
const WHOLE_TURNS = 3;

/**
 * @param {string} engine `runc` or `docker`, the latter as the environment names it
 * @returns rows in milliseconds, medians; the whole proof first, of a stack that is up, with everything built
 */
export async function measureProof(engine) {
  const { home, project, env, seaworthy, dispose } = await openExample(engine);
  const assemble = engine === "docker" ? ["--assemble"] : [];
  try {
    seaworthy("up", ...assemble);
    const whole = [];
    for (let turn = 0; turn < WHOLE_TURNS; turn++)
      whole.push(await timed(() => seaworthy("prove", ...assemble)));
    const io = {
      ...{ progress: SILENT, env, signal: new AbortController().signal, now: () => new Date() },
      warn: () => undefined,
    };
    const built = await build({ directory: project, assemble: engine === "docker" }, io);
    const spec = await stackSpec(built, built.project.directories.state);
    const app = spec.services.find(({ container }) => container.name === "app")?.container;
    const runtime = await built.project.host.runtime();
    const scene = await openAttackScene(runtime.engine, app, {
      ...{ network: undefined, workDirectory: home, posture: "strict" },
    });
    const rows = [
      { engine, attack: "the whole stack", hardened: Math.round(median(whole)), twin: undefined },
    ];
    for (const probe of scene.probes) rows.push(await timeProbe(scene, probe, engine));
    await scene[Symbol.asyncDispose]();
    await built.project.host[Symbol.asyncDispose]();
    return rows;
  } finally {
    await dispose();
  }
}

async function timeProbe(scene, probe, engine) {
  const subject = scene.subject(probe);
  const twin = probe.control.loosen(subject)?.container;
  const times = { hardened: [], twin: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    times.hardened.push(await timed(() => scene.attempt(probe, subject)));
    if (twin !== undefined) times.twin.push(await timed(() => scene.attempt(probe, twin)));
  }
  return {
    ...{ engine, attack: `${probe.control.id}: ${probe.id}` },
    hardened: Math.round(median(times.hardened)),
    twin: twin === undefined ? undefined : Math.round(median(times.twin)),
  };
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
