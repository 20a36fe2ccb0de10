/**
 * The posture put to the test: every probe in the hardened container, in every twin, and in a container that has no control
 * at all. A control whose probes do not notice that it is gone proves nothing, and fails here.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attempt } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Container } from "../engine/container.ts";
import { createLab, hardened, type Lab, traces, whyNotHere } from "../engine/runc/busybox.fixture.ts";
import { createRuncEngine } from "../engine/runc/runc.ts";
import type { Control } from "../posture/control.ts";
import { CONTROLS, controlsOf, STRICT_CONTROLS } from "../posture/controls.ts";
import { harden, withoutAny } from "../posture/harden.ts";
import { openAttackScene } from "./attack-scene.ts";
import type { Probe } from "./probe.ts";

const reason = whyNotHere();
const TMPFS = { kind: "tmpfs", target: "/tmp", size: 1024 ** 2, mode: 0o1777, exec: false } as const;
const DOCUMENT = join(import.meta.dirname, "../../../../docs/matrix.md");
const AT_ONCE = 4;
const HARDENED = "hardened";
const WEAK = "none at all";
const MARKS: Readonly<Record<Attempt["outcome"], string>> = {
  breached: "**x**",
  refused: "·",
  absent: "–",
  unable: "?",
};

/** By probe, then by what was taken away. */
type Matrix = ReadonlyMap<Probe, ReadonlyMap<string, Attempt>>;

describe.skipIf(reason !== undefined)(
  `the matrix on runc${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let lab: Lab;
    let matrix: Matrix;
    const controls = controlsOf("strict");
    beforeAll(async () => {
      lab = createLab(`matrix-${process.pid}`);
      matrix = await run(lab);
    }, 600_000);
    afterAll(() => {
      const left = traces(lab);
      lab[Symbol.dispose]();
      expect(left).toEqual([]);
    });

    const outcome = (probe: Probe, column: string): string | undefined =>
      matrix.get(probe)?.get(column)?.outcome;

    test("with every control, no attack works and each could be made", () => {
      for (const probe of matrix.keys()) expect(outcome(probe, HARDENED), probe.id).toBe("refused");
    });

    test("with none, every attack works", () => {
      for (const probe of matrix.keys()) expect(outcome(probe, WEAK), probe.id).toBe("breached");
    });

    test("no control without a probe that notices its absence, and no probe that does not", () => {
      for (const probe of matrix.keys()) expect(outcome(probe, probe.control.id), probe.id).toBe("breached");
      const probed = new Set([...matrix.keys()].map(({ control }) => control.id));
      expect([...probed].toSorted()).toEqual(controls.map(({ id }) => id).toSorted());
    });

    test("what is taken away is all that falls, but where one control stands on another", () => {
      const others = [...matrix.keys()].flatMap((probe) =>
        controls
          .filter(({ id }) => id !== probe.control.id && outcome(probe, id) === "breached")
          .map(({ id }) => `${id} > ${probe.control.id}`),
      );
      // Without a filter its calls are free; SYS_ADMIN is a capability, and the filter heeds it; root has nothing to gain.
      const expected = [
        ...["seccomp", "no-namespaces"].flatMap((gone) =>
          [
            "seccomp",
            "no-namespaces",
            "no-tracing",
            "no-memory-programs",
            "no-file-handles",
            "no-special-files",
            "no-netlink",
            "no-rare-sockets",
            "no-32-bit-calls",
          ]
            .filter((fallen) => fallen !== gone)
            .map((fallen) => `${gone} > ${fallen}`),
        ),
        ...["capabilities", "seccomp", "no-namespaces"].map((fallen) => `no-mount > ${fallen}`),
        // What opens sockets for 32-bit programs hides from the filter of which family.
        ...["no-netlink", "no-rare-sockets"].map((fallen) => `no-32-bit-calls > ${fallen}`),
        "non-root > no-new-privileges",
        "private-ipc > no-shared-memory",
      ];
      expect([...new Set(others)].toSorted()).toEqual(expected.toSorted());
    });

    test("says what it saw, in both languages", () => {
      for (const attempts of matrix.values()) {
        for (const { steps, summary } of attempts.values()) {
          expect(steps).not.toEqual([]);
          expect(summary.ru).not.toBe(summary.en);
        }
      }
    });

    test("docs/matrix.md is what was measured (SEAWORTHY_WRITE=1 writes it)", () => {
      const text = document(matrix, controls);
      if (process.env["SEAWORTHY_WRITE"] === "1") writeFileSync(DOCUMENT, text);
      expect(readFileSync(DOCUMENT, "utf8")).toBe(text);
    });
  },
);

async function run(lab: Lab): Promise<Matrix> {
  const workDirectory = join(lab.folder, "work");
  mkdirSync(workDirectory, { recursive: true });
  const container = harden(hardened(lab.image, "true", { mounts: [TMPFS] }), STRICT_CONTROLS);
  const engine = createRuncEngine(lab.options);
  await using scene = await openAttackScene(engine, container, {
    network: undefined,
    workDirectory,
    posture: "strict",
  });
  const { controls } = scene;
  const matrix = new Map(scene.probes.map((probe) => [probe, new Map<string, Attempt>()]));
  const attacks = scene.probes.flatMap((probe) => {
    const subject = scene.subject(probe);
    const columns: readonly (readonly [string, Container | undefined])[] = [
      [HARDENED, subject],
      ...controls.map((control) => [control.id, control.loosen(subject)?.container] as const),
      [WEAK, withoutAny(subject, controls)],
    ];
    return columns.map(([name, one]) => async (): Promise<void> => {
      if (one !== undefined) matrix.get(probe)?.set(name, await scene.attempt(probe, one));
    });
  });
  const work = async (): Promise<void> => {
    for (let next = attacks.shift(); next !== undefined; next = attacks.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return matrix;
}

function document(matrix: Matrix, controls: readonly Control[]): string {
  const columns = [HARDENED, ...controls.map(({ id }) => id), WEAK];
  const rows = [...matrix].map(([probe, attempts]) => {
    const cells = columns.map((column) => MARKS[attempts.get(column)?.outcome ?? "absent"]);
    return `| ${probe.control.id}: ${probe.id} | ${cells.join(" | ")} |`;
  });
  return `# The matrix

What each attack achieves in a hardened container, when one control is taken away, and when all of them are. Measured, not written: the test
that makes this page (\`probe/matrix.test.ts\`) fails when a control has no attack that notices its absence.

**x** the attack works · it is refused, – there is nothing to loosen. Columns are controls that were taken away; \`seaworthy explain ID\` says what
each of them is. The last ${STRICT_CONTROLS.length} rows are of the strict posture, the first ${matrix.size - STRICT_CONTROLS.length} of ${CONTROLS.length} controls of the baseline.

| attack | ${columns.join(" | ")} |
| --- | ${columns.map(() => ":-:").join(" | ")} |
${rows.join("\n")}
`;
}
