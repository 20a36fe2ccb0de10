import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { markedLine } from "./marked-line.ts";
import { type Answer, importOption, NO_MODULE, parseAnswer, type Try } from "./native-call-script.ts";
import { judgeCalls } from "./no-native-calls.ts";

const DENIED = "ERR_ACCESS_DENIED";
const tries = (...refusals: readonly (string | undefined)[]): readonly Try[] =>
  (["thread", "worker", "child"] as const)
    .slice(0, refusals.length)
    .map((way, index) => ({ way, refusal: refusals[index] }));
const answer = (changes: Partial<Answer>): Answer => ({
  ...{ version: "26.12.1", program: "/usr/local/bin/node", hasFfi: true, tries: [] },
  ...changes,
});

test.each<[string, Answer | undefined, string, string, RegExp]>([
  ["the thread calls", answer({ tries: tries(undefined) }), "", "breached", /own thread$/],
  ["a worker has it back", answer({ tries: tries(NO_MODULE, undefined) }), "", "breached", /in a worker/],
  ["a child has it back", answer({ tries: tries(DENIED, DENIED, undefined) }), "", "breached", /in a child/],
  ["all are denied", answer({ tries: tries(DENIED, DENIED, DENIED) }), "", "refused", /: ERR_ACCESS_DENIED$/],
  [
    "a filter stops the child",
    answer({ tries: tries(NO_MODULE, DENIED, "EPERM") }),
    "",
    "refused",
    /: no such module, ERR_ACCESS_DENIED, EPERM$/,
  ],
  [
    "no room for a child",
    answer({ tries: tries(DENIED, DENIED, "EAGAIN") }),
    "",
    "unable",
    /^EAGAIN in a child/,
  ],
  [
    "another call than was made",
    answer({ tries: tries("another number", DENIED, DENIED) }),
    "",
    "unable",
    /number/,
  ],
  ["two ways only", answer({ tries: tries(DENIED, DENIED) }), "", "unable", /not every way/],
  ["no way at all", answer({}), "", "unable", /not every way/],
  ["Node 24", answer({ version: "24.21.0", hasFfi: false }), "", "absent", /^Node 24\.21\.0 has no FFI$/],
  [
    "Node 16",
    undefined,
    "/usr/local/bin/node: --import= is not allowed in NODE_OPTIONS",
    "absent",
    /older than 18\.18/,
  ],
  ["a service that ends at once", undefined, "Killed", "unable", /no Node of it has answered: Killed$/],
  ["a service that says nothing", undefined, "", "unable", /answered$/],
])("%s", (_, answered, lastWords, outcome, summary) => {
  const judged = judgeCalls(answered, { lastWords });
  expect(judged.outcome).toBe(outcome);
  expect(judged.summary.en).toMatch(summary);
});

const SAID = { version: "26.12.1", program: "/bin/node", hasFfi: true, tries: [{ way: "thread" }] };

test("the line is read, and what cannot be printed is not passed on", () => {
  expect(parseAnswer(JSON.stringify(SAID))?.tries).toEqual([{ way: "thread", refusal: undefined }]);
  const [first] =
    parseAnswer(
      JSON.stringify({ ...SAID, tries: [{ way: "child", refusal: `\u001b[2J${"x".repeat(999)}` }] }),
    )?.tries ?? [];
  expect(first?.refusal).toMatch(/^\?\[2Jx{196}$/);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  JSON.stringify({ ...SAID, version: "26" }),
  JSON.stringify({ ...SAID, program: "node" }),
  JSON.stringify({ ...SAID, hasFfi: "yes" }),
  JSON.stringify({ ...SAID, tries: {} }),
  JSON.stringify({ ...SAID, tries: [null] }),
  JSON.stringify({ ...SAID, tries: [{ way: "prayer" }] }),
  JSON.stringify({ ...SAID, tries: [{ way: "thread", refusal: 7 }] }),
])("what the attack would not say is no answer: %s", (line) => {
  expect(parseAnswer(line)).toBeUndefined();
});

test("it runs before the program and in its place, in the Node that is at hand", async () => {
  const child = spawn(process.execPath, ["--eval", "console.log('the service')"], {
    env: { PATH: process.env["PATH"], NODE_OPTIONS: `--no-warnings ${importOption("MARK")}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = await text(child.stdout);
  expect(output).toMatch(/^MARK \{.*\}\n$/);
  expect(parseAnswer(output.slice("MARK ".length))).toMatchObject({
    version: process.versions.node,
    program: process.execPath,
    hasFfi: process.allowedNodeEnvironmentFlags.has("--experimental-ffi"),
  });
});

function container() {
  const exit = { code: 0, signal: undefined, outOfMemory: false };
  let end: () => void = () => undefined;
  const exited = new Promise<typeof exit>((resolve) => {
    end = () => resolve(exit);
  });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  return { stdout, stderr, exited, end: () => [stdout.end(), stderr.end(), end()] };
}

test("the marked line is found among others, in pieces, and behind what has no end of line", async () => {
  const one = container();
  const told = markedLine(one, "MARK", 10_000);
  one.stdout.write(`${"noise".repeat(40_000)}\nMARKED no\nprefix MA`);
  one.stdout.write('RK {"é":');
  one.stdout.write("1}\nmore");
  expect((await told).line).toBe('{"é":1}');
});

test("a container that ends without it has its last words, one that does not end is given up", async () => {
  const ends = container();
  const told = markedLine(ends, "MARK", 10_000);
  ends.stdout.write("MARK without an end");
  ends.stderr.write("first\nno such \u001b[1mfile\n\n");
  ends.end();
  expect(await told).toEqual({ line: undefined, lastWords: "no such ?[1mfile" });
  expect(await markedLine(container(), "MARK", 20)).toEqual({ line: undefined, lastWords: "" });
});
