/** Runs the commands that the READMEs show and writes what they printed between the markers, so that nothing there is typed. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "capture-"));
const examples = join(scratch, "examples");
const project = join(examples, "myapp");
const leftOut = /\/(node_modules|dist|build|secrets|\.seaworthy|seaworthy\.lock)$/;
cpSync("examples/myapp", project, { recursive: true, filter: (source) => !leftOut.test(source) });

function seaworthy(...args) {
  const program = join(process.cwd(), "packages/seaworthy/bin/seaworthy.js");
  const env = { ...process.env, NO_COLOR: "1" };
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], {
    cwd: scratch,
    env,
    encoding: "utf8",
  });
  console.error(`seaworthy ${args.join(" ")}: exit ${status}\n${stderr}`);
  return stdout.replaceAll(`${scratch}/`, "").trimEnd();
}

const fenced = (output) => `\`\`\`text\n${output}\n\`\`\``;

const ship = seaworthy("ship", "examples/myapp");
const report = readFileSync(join(project, ".seaworthy/report.md"), "utf8");
// The last table there is who gets through to whom.
const reach = report.slice(report.lastIndexOf("\n\n|")).trim();
const file = join(project, "compose.yaml");
// The first one is the app's.
writeFileSync(file, readFileSync(file, "utf8").replace("read_only: true", "read_only: false"));
const proved = seaworthy("prove", "examples/myapp");
const prove = proved.slice(proved.indexOf("breached app:"));
cpSync("examples/legacy-fastapi", join(examples, "legacy-fastapi"), { recursive: true });
const check = seaworthy("check", "examples/legacy-fastapi/Dockerfile");
const checkStack = seaworthy("check", "examples/legacy-fastapi");
rmSync(scratch, { recursive: true });

const blocks = {
  ...{ ship: fenced(ship), prove: fenced(prove), check: fenced(check) },
  ...{ "check-stack": fenced(checkStack), reach },
};

const readmes = ["README.md", "README.ru.md", "examples/legacy-fastapi/README.md"];
for (const readme of readmes) {
  let text = readFileSync(readme, "utf8");
  for (const [name, output] of Object.entries(blocks)) {
    const block = `<!-- ${name} -->\n${output}\n<!-- /${name} -->`;
    text = text.replace(new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- /${name} -->`), () => block);
  }
  writeFileSync(readme, text);
}
// A table's cells are padded there.
spawnSync("npx", ["biome", "format", "--write", ...readmes], { stdio: "inherit" });
