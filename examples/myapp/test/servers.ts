/** A real PostgreSQL and a real Redis in a folder of their own, on loopback ports, gone after the test. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const DEBIAN_POSTGRES = "/usr/lib/postgresql/15/bin";
/** PostgreSQL refuses to run as root, and wants a user that exists: `nobody` does everywhere. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const asUser = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** The full path of a program, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [DEBIAN_POSTGRES, ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "myapp-servers-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o755);
  return folder;
}

/** @returns a function that starts the server, which is stopped by killing the process it returns */
export function preparePostgres(folder: string, port: number, password: string): () => ChildProcess {
  const data = join(folder, "postgres");
  const passwordFile = join(folder, "postgres_password");
  writeFileSync(passwordFile, password);
  execFileSync(
    findProgram("initdb") ?? "initdb",
    [
      "-D",
      data,
      "-U",
      "myapp",
      `--pwfile=${passwordFile}`,
      "-A",
      "scram-sha-256",
      "--no-sync",
      "--locale=C.UTF-8",
    ],
    { ...asUser, cwd: folder, stdio: "pipe" },
  );
  const sql = "CREATE DATABASE mydb;\n";
  execFileSync(findProgram("postgres") ?? "postgres", ["--single", "-D", data, "postgres"], {
    ...asUser,
    input: sql,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const options = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-F"];
  return () => spawn(findProgram("postgres") ?? "postgres", options, { ...asUser, stdio: "ignore" });
}

/** @param config the text of the file that compose.yaml has made as the secret `redis_config` */
export function prepareRedis(folder: string, port: number, config: string): () => ChildProcess {
  const data = join(folder, "redis");
  mkdirSync(data);
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const configFile = join(folder, "redis_config");
  writeFileSync(configFile, config);
  const options = [
    configFile,
    "--protected-mode",
    "no",
    "--bind",
    "127.0.0.1",
    "--port",
    String(port),
    "--dir",
    data,
  ];
  return () => spawn(findProgram("redis-server") ?? "redis-server", options, { ...asUser, stdio: "ignore" });
}

export async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill("SIGQUIT");
  const killer = setTimeout(() => server.kill("SIGKILL"), 5_000);
  await once(server, "exit");
  clearTimeout(killer);
}

/** Resolves when `condition` holds; asks ten times a second, for at most 15 s. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error(`expected ${what} within 15 s`);
}
