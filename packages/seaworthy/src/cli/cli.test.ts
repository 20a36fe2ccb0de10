import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding, Verdict } from "@seaworthy/evidence";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { findingsTable } from "./findings-table.ts";
import { helpOf } from "./help.ts";
import { type Host, main } from "./main.ts";
import { wantsColour } from "./paint.ts";
import { printFault } from "./print-fault.ts";
import { terminalProgress } from "./progress.ts";

interface Captured extends Host {
  out(): string;
  err(): string;
}

function host(env: Record<string, string> = {}): Captured {
  const written = { out: "", err: "" };
  return {
    env,
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    out: () => written.out,
    err: () => written.err,
  };
}

const sail: Command = {
  name: "sail",
  summary: "Sail somewhere",
  takes: [{ name: "PORT", optional: false }],
  options: [
    { name: "speed", short: "s", value: "KNOTS", summary: "how fast" },
    { name: "quiet", summary: "no horn" },
  ],
  examples: [{ line: "sail Oslo", does: "to Oslo" }],
  run(given, io, output) {
    const phase = io.progress.phase("sail");
    phase.update("rowing");
    phase.done("arrived");
    output.json({ port: given.positionals[0], speed: given.text("speed"), quiet: given.flag("quiet") });
    output.line(`in ${given.positionals[0]}`);
    return Promise.resolve(0);
  },
};
const failing = (error: unknown): Command => ({
  ...sail,
  name: "sink",
  takes: [],
  run: () => Promise.reject(error),
});

describe("main", () => {
  test("gives a command its words, and prints for people", async () => {
    const here = host();
    expect(await main(["sail", "Oslo", "--speed", "7"], here, [sail])).toBe(0);
    expect(here.out()).toMatch(/^✓ sail +0\.\d s {2}arrived\nin Oslo\n$/);
  });

  test("with --json the output is the result alone", async () => {
    const here = host();
    await main(["sail", "Oslo", "-s", "7", "--quiet", "--json"], here, [sail]);
    expect(JSON.parse(here.out())).toEqual({ port: "Oslo", speed: "7", quiet: true });
    expect(here.err()).toContain("arrived");
  });

  test("what follows -- is not ours to read", async () => {
    const here = host();
    const tow = { ...sail, takes: [{ name: "PORT...", optional: false }] };
    expect(await main(["sail", "--", "Oslo", "-h", "--json"], here, [tow])).toBe(0);
    expect(here.out()).toMatch(/in Oslo\n$/);
  });

  const tow: Command = {
    ...sail,
    takes: [
      { name: "PORT", optional: false },
      { name: "COMMAND...", optional: false, isProgram: true },
    ],
    run(given, _, output) {
      output.json([given.positionals, given.text("speed") ?? null, given.flag("quiet")]);
      output.line(given.positionals.join(" "));
      return Promise.resolve(0);
    },
  };

  test.each<[string[], string[], string | null, boolean]>([
    [["Oslo", "node", "-s", "9", "--quiet", "-h"], ["Oslo", "node", "-s", "9", "--quiet", "-h"], null, false],
    [["-s", "7", "Oslo", "--quiet", "node", "-e", "1"], ["Oslo", "node", "-e", "1"], "7", true],
    [["--speed=7", "Oslo", "node", "--json", "--", "-s"], ["Oslo", "node", "--json", "--", "-s"], "7", false],
    [["Oslo", "--", "node", "--", "-s"], ["Oslo", "node", "--", "-s"], null, false],
    [["--", "Oslo", "node", "-s"], ["Oslo", "node", "-s"], null, false],
    [["Oslo", "--", "-node", "-s"], ["Oslo", "-node", "-s"], null, false],
  ])(
    "from the program's name on, the words of %j are the program's",
    async (words, positionals, speed, quiet) => {
      const here = host();
      expect(await main(["sail", "--json", ...words], here, [tow])).toBe(0);
      expect(JSON.parse(here.out())).toEqual([positionals, speed, quiet]);
    },
  );

  test("before the program's name they are ours, and what is wrong with them is said", async () => {
    const [plain, json, wrong, none] = [host(), host(), host(), host()];
    expect(await main(["sail", "Oslo", "node", "--json"], plain, [tow])).toBe(0);
    expect(plain.out()).toBe("Oslo node --json\n");
    expect(await main(["sail", "Oslo", "--json", "node"], json, [tow])).toBe(0);
    expect(JSON.parse(json.out())).toEqual([["Oslo", "node"], null, false]);
    expect(await main(["sail", "Oslo", "-e", "node"], wrong, [tow])).toBe(3);
    expect(wrong.err()).toContain("found -e");
    expect(await main(["sail", "Oslo"], none, [tow])).toBe(3);
    expect(none.err()).toContain("expected COMMAND...");
  });

  test.each<[string[], RegExp]>([
    [["help", "sai"], /expected a command, found "sai"[\s\S]*Did you mean "sail"/],
    [["--help", "zzz"], /expected a command, found "zzz"[\s\S]*See: seaworthy --help/],
    [["sai", "Oslo"], /expected a command, found "sai"[\s\S]*Did you mean "sail"/],
    [["sail"], /expected PORT/],
    [["sail", "Oslo", "Bergen"], /expected nothing more, found "Bergen"/],
    [["sail", "Oslo", "--sped", "7"], /--sped[\s\S]*--speed/],
    [["sail", "Oslo", "--speed"], /expected KNOTS after --speed/],
    [["sail", "Oslo", "--quiet=yes"], /expected no value for --quiet/],
  ])("%j is a usage error", async (argv, words) => {
    const here = host();
    expect(await main(argv, here, [sail])).toBe(3);
    expect(here.err()).toMatch(words);
  });

  test("a fault decides the exit code, and is JSON where JSON was asked for", async () => {
    const here = host();
    const fault = new Fault({
      code: "ship/leak",
      message: "expected a hull, found a hole",
      exit: 1,
      hint: "Bail.",
    });
    expect(await main(["sink", "--json"], here, [failing(fault)])).toBe(1);
    expect(JSON.parse(here.out())).toMatchObject({ error: { code: "ship/leak", exit: 1 } });
    expect(here.err()).toMatch(/expected a hull[\s\S]*Bail\.[\s\S]*\[ship\/leak\]/);
  });

  test("a refusal of the system is no bug of ours", async () => {
    const here = host();
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    expect(await main(["sink"], here, [failing(error)])).toBe(2);
    expect(here.err()).toMatch(/no space left[\s\S]*Make room[\s\S]*\[system\/enospc\]/);
  });

  test("a bug is one line, with its stack for those who ask", async () => {
    const [plain, debug] = [host(), host({ SEAWORTHY_DEBUG: "1" })];
    expect(await main(["sink"], plain, [failing(new TypeError("x is undefined"))])).toBe(2);
    await main(["sink"], debug, [failing(new TypeError("x is undefined"))]);
    expect(plain.err()).toMatch(/x is undefined\n.*bug in seaworthy/);
    expect(plain.err()).not.toContain("cli.test.ts");
    expect(debug.err()).toContain("cli.test.ts");
  });

  test.each([[["--help"]], [[]], [["help"]]])("%j shows every command", async (argv) => {
    const here = host();
    expect(await main(argv, here)).toBe(0);
    for (const { name } of COMMANDS) expect(here.out()).toContain(`  ${name}`);
  });

  test.each([
    ["help", "ship"],
    ["--help", "ship"],
    ["help", "--json", "ship"],
    ["ship", "--help"],
  ])("%s %s %s shows one command", async (...argv) => {
    const here = host();
    expect(
      await main(
        argv.filter((word) => typeof word === "string"),
        here,
      ),
    ).toBe(0);
    expect(here.out()).toContain("Usage: seaworthy ship");
  });

  test("--version", async () => {
    const here = host();
    expect(await main(["--version"], here)).toBe(0);
    expect(here.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  "help of %s has two examples that it would accept",
  (name, command) => {
    expect(command.examples.length).toBeGreaterThanOrEqual(2);
    for (const { line } of command.examples) {
      expect(line.split(" ")[0]).toBe(name);
      for (const [, option] of line.matchAll(/ --([\w-]+)/g)) {
        expect(["json", ...command.options.map((one) => one.name)]).toContain(option);
      }
      expect(helpOf(command)).toContain(`seaworthy ${line}`);
    }
  },
);

describe("a fault in print", () => {
  test("quotes the line, with a caret under the column", () => {
    const directory = mkdtempSync(join(tmpdir(), "fault-"));
    const file = join(directory, "compose.yaml");
    writeFileSync(file, "services:\n  app:\n    readonly: true\n");
    const text = printFault(
      new Fault({ code: "a/b", message: "m", place: { file, line: 3, column: 5 } }),
      false,
    );
    expect(text).toContain("  3 |     readonly: true\n    |     ^");
    rmSync(directory, { recursive: true });
  });

  test("a file that is gone is named all the same", () => {
    expect(
      printFault(new Fault({ code: "a/b", message: "m", place: { file: "/no/file", line: 3 } }), false),
    ).toContain("/no/file:3");
  });
});

describe("colour", () => {
  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ])("%j on a terminal=%s: %s", (env, isTTY, expected) => {
    expect(wantsColour({ isTTY }, env)).toBe(expected);
  });
});

describe("progress", () => {
  test("is plain lines where nobody watches", () => {
    let text = "";
    const phase = terminalProgress({ write: (more) => (text += more) }, false).phase("build");
    phase.update("one");
    phase.fail("broken");
    expect(text).toMatch(/^✗ build +0\.0 s {2}broken\n$/);
  });

  test("on a terminal the line is drawn over and ends with a line break", () => {
    let text = "";
    const phase = terminalProgress(
      { write: (more) => (text += more), isTTY: true, columns: 40 },
      false,
    ).phase("build");
    phase.update("x".repeat(200));
    phase.done("made");
    expect(text).toMatch(/\r\x1b\[J✓ build +0\.0 s {2}made\n$/);
    for (const line of text.split("\r"))
      expect(line.replaceAll(/\x1b\[\d*\w/g, "").length).toBeLessThanOrEqual(41);
  });
});

describe("findings", () => {
  const text = (words: string) => ({ en: words, ru: words });
  const finding = (service: string, control: string, verdict: Verdict): Finding => ({
    ...{
      id: `${control}/${service}`,
      control,
      kind: "control",
      service,
      claim: text(`claim ${control}`),
      verdict,
    },
    hardened: { outcome: "breached", summary: text(`did it to ${service}`), steps: [] },
    source: { file: "compose.yaml", line: 7, key: "services.app.user" },
    fix: text("mend it"),
  });

  test("what failed is told with the line, what was seen and the fix; what holds only stands in the table", () => {
    const shown = findingsTable(
      [finding("app", "a", "breached"), finding("db", "a", "held"), finding("db", "b", "unproven")],
      false,
    );
    expect(shown).toMatch(/breached {2}held +claim a/);
    expect(shown).toMatch(/breached app: claim a\n.*compose\.yaml:7.*\n.*did it to app\n.*mend it/);
    expect(shown).toMatch(/unproven db: claim b/);
    expect(shown).not.toContain("did it to db");
  });

  test("attacks on one claim, mended at one line, are one thing to do, with all that was seen and each fix", () => {
    const first = finding("app", "a", "breached");
    const second = { ...first, id: "a.other/app", claim: text("claim of another"), fix: text("mend that") };
    const shown = findingsTable([first, second, { ...second, fix: text("mend it") }], false);
    expect(shown.match(/^breached app: .*$/gm)).toEqual(["breached app: claim a; claim of another"]);
    expect(shown.match(/^ {2}(?:seen|fix) .*$/gm)).toEqual([
      "  seen did it to app",
      "  fix  mend it",
      "  fix  mend that",
    ]);
  });
});
