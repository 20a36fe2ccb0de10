/** `npm run dev`: compiles on every change and restarts the in-memory service, with nothing but tsc and node. */
import { spawn, spawnSync } from "node:child_process";

const tsc = "node_modules/typescript/bin/tsc";

// The first build comes before the server, which needs something to start.
const first = spawnSync(process.execPath, [tsc], { stdio: "inherit" });
if (first.status !== 0) process.exit(first.status ?? 1);

const children = [
  spawn(process.execPath, [tsc, "--watch", "--preserveWatchOutput"], { stdio: "inherit" }),
  spawn(process.execPath, ["--watch", "build/dev/server.js"], { stdio: "inherit" }),
];

function stop() {
  for (const child of children) child.kill("SIGTERM");
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stop);
// Neither is of use without the other.
for (const child of children) child.on("exit", stop);
