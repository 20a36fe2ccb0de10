/**
 * What hardening costs under load. The example's server runs three times, with the same files, the same Node and the same
 * database: in its hardened container, in a container that nothing confines, and as a bare process. They are loaded in
 * turns, so that what disturbs the machine disturbs all of them; the server's CPU time for a request, in microseconds, is
 * disturbed least. Hardened to plain is the price of the controls; plain to bare is that of any container: keeping what the service
 * prints, and a memory limit by which Node collects garbage sooner.
 */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PLAIN_PORT } from "./stack.mjs";
import { median, pairedRatio } from "./statistics.mjs";

const AUTOCANNON = resolve(import.meta.dirname, "../node_modules/autocannon/autocannon.js");
/** A multiple of how many servers there are: each is as often the first of a turn as the others. */
const TURNS = 9;
const SECONDS = 3;
const CONNECTIONS = 20;
const PORT = 8000;
const BARE_PORT = 18_000;
const PATHS = ["/health", "/notes"];

/** @param {{ hardened: number, plain: number }} app the first process of each container */
export async function measureLoad(app, engine) {
  const bare = await startBare(app.hardened);
  const servers = {
    bare: [bare.pid, BARE_PORT],
    plain: [app.plain, PLAIN_PORT],
    hardened: [app.hardened, PORT],
  };
  try {
    const rows = [];
    for (const path of PATHS) {
      const runs = { bare: [], plain: [], hardened: [] };
      for (let turn = 0; turn < TURNS; turn += 1) {
        for (const what of rotated(Object.keys(servers), turn)) {
          const [pid, port] = servers[what];
          const before = cpuTime(pid);
          const run = load(pid, `http://127.0.0.1:${port}${path}`);
          runs[what].push({ ...run, cpu: (cpuTime(pid) - before) / run.total });
        }
      }
      rows.push(...Object.keys(runs).map((what) => row(engine, what, path, runs)));
    }
    return rows;
  } finally {
    bare.kill("SIGKILL");
  }
}

/** The container's own program, environment and files; its namespaces, capabilities, filters and limits left behind. */
async function startBare(pid) {
  const [command, environment] = await Promise.all(
    ["cmdline", "environ"].map(async (name) =>
      (await readFile(`/proc/${pid}/${name}`, "utf8")).split("\0").filter(Boolean),
    ),
  );
  const env = Object.fromEntries(environment.map((one) => one.split(/=(.*)/s, 2)));
  // What it prints is kept in a file, as the container's is.
  const log = openSync(join(tmpdir(), `seaworthy-bench-${process.pid}.log`), "w");
  const child = spawn(
    "nsenter",
    ["--target", `${pid}`, "--net", "--mount", "--root", "--wd", "--", ...command],
    { stdio: ["ignore", log, log], env: { ...env, PORT: `${BARE_PORT}` } },
  );
  closeSync(log);
  for (let tries = 0; tries < 100; tries += 1) {
    if (answers(pid, `http://127.0.0.1:${BARE_PORT}/health`)) return child;
    await sleep(100);
  }
  child.kill("SIGKILL");
  throw new Error("expected the bare server to answer within 10 s, found it silent");
}

function answers(pid, url) {
  try {
    const { requests, errors } = load(pid, url, 1, 1);
    return requests > 0 && errors === 0;
  } catch {
    return false;
  }
}

function load(pid, url, seconds = SECONDS, connections = CONNECTIONS) {
  const text = execFileSync(
    "nsenter",
    [
      ...["--target", `${pid}`, "--net", "--", process.execPath, AUTOCANNON],
      ...["--json", "--no-progress", "-d", `${seconds}`, "-c", `${connections}`, url],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const { requests, latency, errors, non2xx } = JSON.parse(text.toString());
  return { requests: requests.average, total: requests.total, p99: latency.p99, errors: errors + non2xx };
}

function rotated(list, by) {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

/** What a process has used so far, in microseconds, to the clock tick (10 ms). @see proc_pid_stat(5), utime and stime */
function cpuTime(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [utime, stime] = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (utime + stime) * 10_000;
}

function row(engine, what, path, runs) {
  const figures = runs[what];
  const of = (whose, key) => runs[whose].map((run) => run[key]);
  const ratioTo = (whose, key) => Number(pairedRatio(of(what, key), of(whose, key)).toFixed(3));
  const errors = figures.reduce((sum, run) => sum + run.errors, 0);
  if (errors > 0) throw new Error(`expected no failed request, found ${errors} of ${what} at ${path}`);
  return {
    engine,
    what,
    path,
    requestsPerSecond: Math.round(median(of(what, "requests"))),
    p99: median(of(what, "p99")),
    cpuPerRequest: Number(median(of(what, "cpu")).toFixed(1)),
    requestsToBare: ratioTo("bare", "requests"),
    requestsToPlain: ratioTo("plain", "requests"),
    cpuToPlain: ratioTo("plain", "cpu"),
  };
}
