import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "./commands.ts";
import { complete, type Knowledge } from "./complete.ts";
import { COMPLETION_SCRIPTS } from "./completion-scripts.ts";

const known: Knowledge = {
  services: () => Promise.resolve(["app", "db"]),
  targets: (kind) => Promise.resolve(kind === "image" ? ["nginx:1.27", "web:1"] : ["web", "worker"]),
};
const after = (...words: string[]): Promise<readonly string[]> => complete(words, COMMANDS, known);

describe("what may come next", () => {
  test.each<[string[], string[]]>([
    [["sh"], ["ship"]],
    [["p"], ["ps", "plan", "prove"]],
    [
      ["up", "--engine", ""],
      ["runc", "docker"],
    ],
    [["up", "--engine", "d"], ["docker"]],
    [
      ["up", "--pro"],
      ["--profile", "--project-name"],
    ],
    [["up", "--project-name", "x", "--pro"], ["--profile"]],
    [["up", "--profile", "x", "--prof"], ["--profile"]],
    [
      ["logs", "--service", ""],
      ["app", "db"],
    ],
    [
      ["exec", ""],
      ["app", "db"],
    ],
    [["exec", "--engine", "runc", "d"], ["db"]],
    [["exec", "app", "--", "--"], []],
    [["exec", "app", "node", "--"], []],
    [["exec", "app", "--std"], ["--stdin"]],
    [["up", ""], []],
    [["no-such", ""], []],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["help", "st"], ["stats"]],
    [["prove", "container:we"], ["container:web"]],
    [
      ["check", "--fail-on", "high", "image:"],
      ["image:nginx:1.27", "image:web:1"],
    ],
    [["up", "image:"], []],
    [["prove", "we"], []],
    // As bash has it, where a colon ends a word.
    [
      ["prove", "container", ":", "w"],
      ["web", "worker"],
    ],
    [
      ["check", "image", ":"],
      ["nginx:1.27", "web:1"],
    ],
    [["check", "image", ":", "nginx", ":", "1"], ["1.27"]],
  ])("%j", async (words, candidates) => {
    expect((await after(...words)).toSorted()).toEqual(candidates.toSorted());
  });

  test("at first every command", async () => {
    expect(await after("")).toEqual(expect.arrayContaining(COMMANDS.map(({ name }) => name)));
    expect(await after()).toEqual(expect.arrayContaining(["ship", "--help"]));
  });
});

describe("in bash", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "completion-"));
    writeFileSync(join(folder, "compose.yaml"), "services: { web: { image: x }, worker: { image: x } }\n");
    writeFileSync(join(folder, "notes.txt"), "");
    const program = resolve(import.meta.dirname, "../../bin/seaworthy.js");
    writeFileSync(join(folder, "seaworthy"), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`, {
      mode: 0o755,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** As bash itself calls it when Tab is pressed after the last word. */
  function pressTab(...words: readonly string[]): readonly string[] {
    const script = [
      COMPLETION_SCRIPTS["bash"] ?? "",
      // It may only be called from within a completion.
      "compopt() { echo files; }",
      'COMP_WORDS=(seaworthy "$@"); COMP_CWORD=$#; _seaworthy',
      "printf '%s\\n' \"${COMPREPLY[@]}\"",
    ].join("\n");
    const { stdout, stderr } = spawnSync("bash", ["-c", script, "bash", ...words], {
      cwd: folder,
      env: { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` },
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    return stdout.split("\n").filter((line) => line !== "");
  }

  test("commands, options and services of the Compose file here", () => {
    expect(pressTab("restar")).toEqual(["restart"]);
    expect(pressTab("up", "--froz")).toEqual(["--frozen"]);
    expect(pressTab("logs", "--service", "w")).toEqual(["web", "worker"]);
  });

  test("files where nothing else is known", () => {
    expect(pressTab("up", "n")).toEqual(["files"]);
  });

  test("a Compose file that is wrong completes nothing, and says nothing", () => {
    writeFileSync(join(folder, "compose.yaml"), "services: [");
    expect(pressTab("exec", "")).toEqual(["files"]);
  });
});

for (const shell of ["zsh", "fish"]) {
  const isThere = spawnSync(shell, ["--version"]).status === 0;
  test.skipIf(!isThere)(`${shell} can read its script (needs ${shell})`, () => {
    const folder = mkdtempSync(join(tmpdir(), "completion-"));
    const check = (text: string): number | null => {
      writeFileSync(join(folder, "script"), text);
      return spawnSync(shell, ["-n", join(folder, "script")]).status;
    };
    expect(check(COMPLETION_SCRIPTS[shell] ?? "")).toBe(0);
    expect(check(`${COMPLETION_SCRIPTS[shell]}\nif (`), "a script that is wrong").not.toBe(0);
    rmSync(folder, { recursive: true });
  });
}
