/** The whole presubmit, cheapest first; stops at the first failure and ends with the tests' true totals. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "check-"));
const total = { passed: 0, failed: 0, skipped: 0 };
/** Said once more at the end: what failed in the middle of thousands of lines is not looked for. */
const failures = [];

const STEPS = [
  ["format and import order", ["biome", "check", "--linter-enabled=false", "."]],
  ["lint", ["oxlint", "--type-aware", "--deny-warnings"]],
  ["build", ["tsc", "-b"]],
  ["types of the tests", ["tsc", "-p", "packages/evidence"]],
  ["types of the tests", ["tsc", "-p", "packages/seaworthy"]],
  ["types of the suites", ["tsc", "-p", "test"]],
  ["dead code", ["knip"]],
  ["package", ["publint", "--strict", "packages/evidence"]],
  ["package", ["publint", "--strict", "packages/seaworthy"]],
  ["package", ["attw", "--pack", "packages/evidence", "--profile", "esm-only", "--format", "ascii"]],
  ["package", ["attw", "--pack", "packages/seaworthy", "--profile", "esm-only", "--format", "ascii"]],
];

function run(name, [program, ...args]) {
  const started = Date.now();
  console.log(`\n> ${name}: ${program} ${args.join(" ")}`);
  const { status, error } = spawnSync(join("node_modules", ".bin", program), args, { stdio: "inherit" });
  if (error) console.error(error.message);
  console.log(`${status === 0 ? "ok" : "FAILED"} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return status === 0;
}

/** The example is no workspace: it has a lock file and tests of its own, run in a copy as its users would run them. */
function testExample() {
  console.log("\n> example: npm ci && npm test in a copy of examples/myapp");
  const copy = join(scratch, "myapp");
  const leftOut = /\/(node_modules|dist|build|secrets|\.seaworthy)$/;
  cpSync("examples/myapp", copy, { recursive: true, filter: (source) => !leftOut.test(source) });
  const install = spawnSync("npm", ["ci"], { cwd: copy, stdio: "inherit" });
  const { status, stdout } = spawnSync("npm", ["test"], {
    cwd: copy,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  console.log(stdout);
  // A test's report in TAP goes on, indented, until the next comment.
  for (const [, failure] of stdout.matchAll(/^not ok \d+ - (.*(?:\n .*)*)/gm))
    failures.push(`examples/myapp: ${failure}`);
  const count = (name) => Number(new RegExp(`^(?:#|ℹ) ${name} (\\d+)$`, "m").exec(stdout)?.[1] ?? 0);
  total.passed += count("pass");
  total.failed += count("fail");
  total.skipped += count("skipped");
  return install.status === 0 && status === 0 && count("pass") > 0;
}

/** Both of vitest's projects at once; what one prints is shown as it comes, what the other did when it is over. */
async function runTests() {
  const started = Date.now();
  const [product, engines] = ["product", "engines"].map((project) => {
    const report = join(scratch, `${project}.json`);
    const log = join(scratch, `${project}.log`);
    const argv = [
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile=${report}`,
    ];
    console.log(`\n> tests: vitest ${argv.join(" ")}`);
    const output = project === "product" ? "inherit" : openSync(log, "w");
    const child = spawn(join("node_modules", ".bin", "vitest"), argv, { stdio: ["ignore", output, output] });
    const ended = new Promise((resolve) => child.once("close", resolve));
    return { report, log, ended };
  });
  const codes = [await product.ended, await engines.ended];
  console.log(readFileSync(engines.log, "utf8"));
  const passed = codes.every((code) => code === 0);
  // One that could not even begin has written none.
  for (const { report } of [product, engines]) if (existsSync(report)) readTotals(report);
  console.log(`${passed ? "ok" : "FAILED"} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return passed;
}

function readTotals(report) {
  const tests = JSON.parse(readFileSync(report, "utf8"));
  total.passed += tests.numPassedTests;
  total.failed += tests.numFailedTests;
  total.skipped += tests.numPendingTests + tests.numTodoTests;
  for (const file of tests.testResults) {
    // A file that could not be loaded has no test in it, and is a failure all the same.
    if (file.status === "failed" && file.assertionResults.length === 0) {
      total.failed += 1;
      failures.push(`${file.name}\n${file.message}`);
    }
    for (const result of file.assertionResults) {
      if (result.status === "failed")
        failures.push([file.name, result.fullName, ...result.failureMessages].join("\n"));
      if (result.status === "pending" || result.status === "skipped")
        console.log(`skipped: ${result.fullName}`);
    }
  }
}

const ok = STEPS.every(([name, argv]) => run(name, argv)) && testExample() && (await runTests());
if (!ok && total.failed === 0) total.failed += 1;
rmSync(scratch, { recursive: true });
const tooManySkips = total.skipped > 0 && process.env.SEAWORTHY_NO_SKIPS === "1";
if (tooManySkips) console.log(`\n${total.skipped} tests were skipped, and SEAWORTHY_NO_SKIPS=1 allows none`);
for (const failure of failures) console.log(`\nFAILED: ${failure}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = ok && !tooManySkips ? 0 : 1;
