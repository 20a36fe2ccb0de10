/** `npm run bench`: ratios against peers measured in the same run, on the terminal and in `bench/results.json`. */
import { writeFile } from "node:fs/promises";
import { arch, cpus, release } from "node:os";
import { join } from "node:path";
import { measureLoad } from "./load.mjs";
import { benchStack } from "./stack.mjs";

const engines = process.argv.slice(2);
const rows = [];
for (const engine of engines.length === 0 ? ["runc"] : engines) {
  const app = await benchStack(engine);
  try {
    rows.push(...(await measureLoad(app, engine)));
  } finally {
    await app.dispose();
  }
}
console.table(rows);
const machine = { cores: cpus().length, model: cpus()[0]?.model, kernel: release(), architecture: arch() };
await writeFile(
  join(import.meta.dirname, "results.json"),
  `${JSON.stringify({ measuredAt: new Date().toISOString(), machine, load: rows }, undefined, 2)}\n`,
);
