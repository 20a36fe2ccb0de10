import { DockerfileParser } from "dockerfile-ast";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "../../fault/fault.ts";
import { dockerfileCorpus } from "./corpus.fixture.ts";
import type { Instruction } from "./instruction.ts";
import { parseDockerfile } from "./parse.ts";
import { baseImage, inherited, targetStage, variablesAt } from "./stages.ts";

const read = (text: string, given: Record<string, string> = {}) =>
  parseDockerfile(text, "Dockerfile", new Map(Object.entries(given)));
const last = (line: string): Instruction =>
  read(`FROM alpine\n${line}`).stages[0].instructions.at(-1) as Instruction;

describe("the corpus", () => {
  const corpus = dockerfileCorpus();

  test("is as large as it should be", () => expect(corpus.length).toBeGreaterThanOrEqual(200));

  test.each(corpus.map((text, index) => [index, text] as const))(
    "%i is read with the instructions and lines that another reader finds",
    (_, text) => {
      // Names of here-documents are that reader's weak spot: their bodies count as arguments, which is all the same here.
      const theirs = DockerfileParser.parse(text.replace(/^\uFEFF/, ""))
        .getInstructions()
        .map((one) => `${one.getRange().start.line + 1} ${one.getKeyword()}`);
      const { stages, args } = read(text);
      const ours = stages.flatMap(({ from, instructions }) =>
        [from, ...instructions].map(({ place, keyword }) => `${place.line} ${keyword}`),
      );
      const globals = theirs.slice(0, theirs.length - ours.length);
      expect(ours).toEqual(theirs.slice(globals.length));
      expect(globals.every((one) => one.endsWith(" ARG"))).toBe(true);
      expect(args.size).toBe(globals.length);
    },
  );
});

describe("an instruction", () => {
  test("is one line, without comments and flags, however many it was written on", () => {
    const run = last(
      "RUN --mount=type=cache,target=/c apt-get update && \\\n  # why\n\n  apt-get install \\\n curl",
    );
    expect(run.text).toBe("apt-get update &&   apt-get install  curl");
    expect(run.flags.get("mount")).toEqual(["type=cache,target=/c"]);
    expect(run.place).toEqual({ file: "Dockerfile", line: 2, column: 1 });
  });

  test.each([
    ['CMD ["sh", "-c", "echo a b"]', ["sh", "-c", "echo a b"]],
    ['HEALTHCHECK --interval=5s CMD ["check", "x"]', ["check", "x"]],
    ['CMD ["not closed"', undefined],
    ["CMD ['single']", undefined],
    ["CMD [1]", undefined],
  ])("%s: the exec form is JSON or it is none", (line, exec) => expect(last(line).exec).toEqual(exec));

  test.each([
    [
      "ENV A=1 B=\"two words\" C='x' D=four\\ words",
      [
        ["A", "1"],
        ["B", "two words"],
        ["C", "x"],
        ["D", "four words"],
      ],
    ],
    ["ENV OLD the rest", [["OLD", "the rest"]]],
    [
      "ARG A B=",
      [
        ["A", undefined],
        ["B", ""],
      ],
    ],
    ["ENV A=a\\$b", [["A", "a\\$b"]]],
  ])("%s: pairs", (line, pairs) => expect(last(line).pairs).toEqual(pairs));

  test("here-documents keep their text, tabs taken off where it is asked for", () => {
    expect(last("COPY <<one <<-'two' /d/\n\t1\none\n\t2\n\ttwo").heredocs).toEqual([
      { name: "one", content: "\t1\n" },
      { name: "two", content: "2\n" },
    ]);
  });

  test("a backtick continues a line where the file says so", () => {
    const { stages } = read("# escape=`\nFROM x\nRUN dir C:\\ `\n  /s\nRUN true");
    expect(stages[0].instructions.map(({ text }) => text)).toEqual(["dir C:\\   /s", "true"]);
  });
});

describe("stages", () => {
  const TEXT = [
    "ARG V=3.11",
    "FROM python:${V}-slim AS Base",
    "USER app",
    "FROM base AS build",
    "USER root",
    "FROM base",
    "RUN true",
  ].join("\n");

  test("inherit from the stage that they start from, not from the one above them", () => {
    const dockerfile = read(TEXT);
    const target = targetStage(dockerfile);
    if (target === undefined) throw new Error("no stage");
    expect(inherited(target, "USER").map(({ text }) => text)).toEqual(["app"]);
    expect(baseImage(target)).toBe("python:3.11-slim");
    expect(targetStage(dockerfile, "BUILD")?.index).toBe(1);
    expect(targetStage(dockerfile, "nobody")).toBeUndefined();
  });

  test("take arguments that are given before their defaults", () => {
    expect(read(TEXT, { V: "3.14" }).stages[0].base).toBe("python:3.14-slim");
  });

  test("know an argument from above only where it is declared again", () => {
    const dockerfile = read("ARG A=1\nFROM x\nENV B=$A\nARG A\nENV C=${A}-${B:-none} D=${E:+set}");
    expect(Object.fromEntries(variablesAt(dockerfile, dockerfile.stages[0], undefined))).toEqual({
      ...{ A: "1", B: "", C: "1-none", D: "" },
    });
  });
});

describe("what no builder takes is refused with its line", () => {
  test.each([
    ["", "Dockerfile", undefined],
    ["# only a comment", "FROM", undefined],
    ["RUN true\nFROM x", "FROM", 1],
    ["FROM x\nRUM true", "RUN", 2],
    ["FROM x\nCOPY", "COPY", 2],
    ["FROM x AS", "FROM IMAGE", 1],
    ["FROM x y z", "FROM IMAGE", 1],
    ["FROM x\n\nRUN <<EOF\ntrue", "EOF", 3],
    ["# escape=x\nFROM x", "escape", 1],
    ["FROM x\nONBUILD ONBUILD RUN x", "ONBUILD", 2],
  ])("%j", (text, told, line) => {
    try {
      read(text);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      expect(`${error.message} ${error.hint ?? ""}`).toContain(told);
      expect(error).toMatchObject({ code: "dockerfile/syntax", exit: 3 });
      expect(error.place?.line).toBe(line);
    }
  });
});

test("any text is read or refused, and quickly", () => {
  const piece = fc.oneof(
    fc.constantFrom(...dockerfileCorpus()),
    fc.string({ unit: "binary" }),
    fc.constantFrom("\\", "`", "<<", '"', "'", "${", "$", "\n", "RUN <<A", "FROM ", "ONBUILD ONBUILD "),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        read(pieces.join(""));
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    }),
    { numRuns: 500 },
  );
});
