/** The example's stack, up for a benchmark, and its service once more with nothing to confine it. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { openExample } from "./example.mjs";

/** The example's service once more, in a container that nothing confines: what hardening costs is the difference to it. */
const PLAIN = "plain";
/** Another than the hardened one's: an engine may give both one network namespace. */
export const PLAIN_PORT = 8001;
const CONTROLS = ["user", "read_only", "tmpfs", "cap_drop", "security_opt", "ipc", "pids_limit", "cpus"];
/** What only one container can have. */
const OWN = ["ports", "container_name", "image"];

/** @param {string} engine `runc` or `docker`, the latter as the environment names it */
export async function benchStack(engine) {
  const { project, seaworthy, dispose } = await openExample(engine);
  const compose = join(project, "compose.yaml");
  await writeFile(compose, withPlainTwin(await readFile(compose, "utf8")));
  try {
    seaworthy("up", ...(engine === "docker" ? ["--assemble"] : []));
    const { services } = JSON.parse(seaworthy("ps", "--json").toString());
    const pidOf = (wanted) => {
      const pid = services.find(({ name }) => name === wanted)?.pid;
      if (pid === undefined) throw new Error(`expected ${wanted} to run as a process of this machine`);
      return pid;
    };
    return { hardened: pidOf("app"), plain: pidOf(PLAIN), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function withPlainTwin(text) {
  const compose = parse(text);
  const { app } = compose.services;
  const rest = Object.entries(app).filter(([key]) => !CONTROLS.includes(key) && !OWN.includes(key));
  // How much of the machine a service may use is a budget, not the price of its confinement: each gets all processors,
  // and the same memory, by which Node chooses how often it collects garbage.
  app.cpus = cpus().length;
  compose.services[PLAIN] = {
    ...Object.fromEntries(rest),
    image: "myapp:plain",
    user: "0:0",
    environment: { ...app.environment, PORT: PLAIN_PORT },
    security_opt: ["seccomp=unconfined"],
  };
  return stringify(compose);
}
