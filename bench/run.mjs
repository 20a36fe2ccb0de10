/**
 * `npm run bench [-- load|prove] [ENGINE...]`: on the terminal and in `bench/results.json`. Load is told in ratios against peers
 * that were measured in the same run.
 */
import { readFile, writeFile } from "node:fs/promises";
import { arch, cpus, release } from "node:os";
import { join } from "node:path";
import { measureLoad } from "./load.mjs";
import { measureProof } from "./prove.mjs";
import { benchStack } from "./stack.mjs";

const BENCHES = { load: benchLoad, prove: measureProof };
const RESULTS = join(import.meta.dirname, "results.json");

const given = process.argv.slice(2);
const wanted = given.filter((word) => word in BENCHES);
const engines = given.filter((word) => !(word in BENCHES));
const results = JSON.parse(await readFile(RESULTS, "utf8").catch(() => "{}"));
for (const name of wanted.length === 0 ? Object.keys(BENCHES) : wanted) {
  const rows = [];
  for (const engine of engines.length === 0 ? ["runc"] : engines) rows.push(...(await BENCHES[name](engine)));
  console.table(rows);
  results[name] = { measuredAt: new Date().toISOString(), machine: machine(), rows };
}
await writeFile(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);

async function benchLoad(engine) {
  const app = await benchStack(engine);
  try {
    return await measureLoad(app, engine);
  } finally {
    await app.dispose();
  }
}

function machine() {
  return { cores: cpus().length, model: cpus()[0]?.model, kernel: release(), architecture: arch() };
}
