/** A copy of the example for a benchmark, with a project name and directories of its own. */
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const BIN = join(ROOT, "packages/seaworthy/bin/seaworthy.js");

/** @param {string} engine `runc` or `docker`, the latter as the environment names it */
export async function openExample(engine) {
  const home = await mkdtemp(join(tmpdir(), "seaworthy-bench-"));
  const project = join(home, "myapp");
  await cp(join(ROOT, "examples/myapp"), project, {
    recursive: true,
    filter: (source) => !/\/(node_modules|dist|secrets|\.seaworthy|seaworthy\.lock)$/.test(source),
  });
  const env = {
    ...process.env,
    COMPOSE_PROJECT_NAME: `bench-${process.pid}`,
    SEAWORTHY_ENGINE: engine,
    SEAWORTHY_RUN_DIR: join(home, "run"),
    SEAWORTHY_STATE_DIR: join(home, "state"),
  };
  const seaworthy = (...args) =>
    execFileSync(process.execPath, [BIN, ...args], {
      cwd: project,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
  const dispose = async () => {
    seaworthy("down", "--volumes");
    await rm(home, { recursive: true, force: true });
  };
  return { home, project, env, seaworthy, dispose };
}
