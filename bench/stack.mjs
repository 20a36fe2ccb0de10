/** The example's stack, up for a benchmark: in a copy, with a project name and directories of its own. */
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const BIN = join(ROOT, "packages/seaworthy/bin/seaworthy.js");

/** @param {string} engine `runc` or `docker`, the latter as the environment names it */
export async function benchStack(engine) {
  const home = await mkdtemp(join(tmpdir(), "seaworthy-bench-"));
  const project = join(home, "myapp");
  await cp(join(ROOT, "examples/myapp"), project, {
    recursive: true,
    filter: (source) => !/\/(node_modules|dist|secrets|\.seaworthy|seaworthy\.lock)$/.test(source),
  });
  // How much of the machine a service may use is a budget, not the price of its confinement: both sides get all of it.
  const compose = join(project, "compose.yaml");
  await writeFile(
    compose,
    (await readFile(compose, "utf8")).replaceAll(/cpus: \S+/g, `cpus: ${cpus().length}`),
  );
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
  try {
    seaworthy("up", ...(engine === "docker" ? ["--assemble"] : []));
    const { services } = JSON.parse(seaworthy("ps", "--json").toString());
    const app = services.find(({ name }) => name === "app");
    if (app?.pid === undefined) throw new Error("expected the app to run as a process of this machine");
    return { pid: app.pid, port: app.ports[0].published, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
