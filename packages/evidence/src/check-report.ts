/** Checks a report that came from somewhere: its shape, and that it does not contradict itself. */
import { exitCodeOf, type Report, summarise, VERDICTS } from "./report.ts";

export class ReportError extends Error {
  override readonly name = "ReportError";
}

type Check = (value: unknown, path: string) => void;

const text: Check = (value, path) => expect(typeof value === "string", "a text", path);
const count: Check = (value, path) =>
  expect(Number.isSafeInteger(value) && (value as number) >= 0, "a count", path);
const positive: Check = (value, path) =>
  expect(typeof value === "number" && value > 0, "a positive number", path);
const oneOf =
  (...words: readonly unknown[]): Check =>
  (value, path) =>
    expect(words.includes(value), words.join(" or "), path);
const list =
  (item: Check): Check =>
  (value, path) => {
    expect(Array.isArray(value), "a list", path);
    (value as unknown[]).forEach((one, index) => item(one, `${path}[${index}]`));
  };
const optional =
  (check: Check): Check =>
  (value, path) => {
    if (value !== undefined) check(value, path);
  };
/** Exactly these members: what is not known is refused, not ignored. */
const object =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    expect(typeof value === "object" && value !== null && !Array.isArray(value), "an object", path);
    const fields = value as Record<string, unknown>;
    for (const [name, check] of Object.entries(members)) check(fields[name], `${path}.${name}`);
    for (const name of Object.keys(fields))
      expect(Object.hasOwn(members, name), "no such member", `${path}.${name}`);
  };

const sentence = object({ en: text, ru: text });
const attempt = object({
  outcome: oneOf("refused", "breached", "absent", "unable"),
  summary: sentence,
  steps: list(object({ did: text, saw: text })),
});
const finding = object({
  ...{ id: text, control: text, kind: oneOf("control", "rule"), service: text, claim: sentence },
  verdict: oneOf(...VERDICTS),
  ...{
    reason: optional(sentence),
    hardened: optional(attempt),
    twin: optional(attempt),
    loosened: optional(sentence),
  },
  source: optional(object({ file: text, line: count, key: text })),
  fix: optional(sentence),
});
const layer = object({
  ...{ name: text, createdBy: text, digest: text, packedSize: count, unpackedSize: count, paths: count },
  origins: list(object({ origin: text, bytes: count })),
});
const image = object({
  ...{
    service: text,
    reference: text,
    digest: text,
    architecture: text,
    user: text,
    packedSize: count,
    unpackedSize: count,
  },
  ...{ layers: list(layer), healthCheck: list(text), pinnedBy: text },
});
const service = object({
  ...{ name: text, image: text, status: text, restarts: count, problem: optional(text) },
  ports: list(object({ address: text, published: count, target: count })),
  limits: object({ memory: optional(count), pids: optional(count), cpus: optional(positive) }),
});
const report = object({
  schemaVersion: oneOf(1),
  tool: object({ name: oneOf("seaworthy"), version: text }),
  ...{ createdAt: text, project: text, plan: text, repeat: text },
  engine: object({ version: text, kernel: text, architecture: text, cgroup: text }),
  ...{ images: list(image), services: list(service), findings: list(finding) },
  summary: object(Object.fromEntries(VERDICTS.map((verdict) => [verdict, count]))),
  exitCode: oneOf(0, 1, 2),
});

/**
 * The value as a report.
 * @throws ReportError with the path of the first thing that is wrong: a missing or unknown member, a summary or exit code
 *   that the findings do not give, a `held` control without a refused attempt and a breached twin
 */
export function checkReport(value: unknown): Report {
  report(value, "report");
  const checked = value as Report;
  const summary = summarise(checked.findings);
  for (const verdict of VERDICTS) {
    expect(
      checked.summary[verdict] === summary[verdict],
      `${summary[verdict]}, as the findings give`,
      `report.summary.${verdict}`,
    );
  }
  expect(
    checked.exitCode === exitCodeOf(checked.findings),
    `${exitCodeOf(checked.findings)}, as the findings give`,
    "report.exitCode",
  );
  checked.findings.forEach((one, index) => {
    if (one.verdict !== "held" || one.kind !== "control") return;
    expect(
      one.hardened?.outcome === "refused",
      "a refused attempt of what is held",
      `report.findings[${index}].hardened`,
    );
    expect(
      one.twin?.outcome === "breached",
      "a breached twin of what is held",
      `report.findings[${index}].twin`,
    );
  });
  return checked;
}

function expect(holds: boolean, what: string, path: string): void {
  if (!holds) throw new ReportError(`expected ${what} at ${path}`);
}
