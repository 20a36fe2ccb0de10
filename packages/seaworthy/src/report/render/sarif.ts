/**
 * Findings as SARIF 2.1.0, for code scanning: each at the line that would set the control, with its severity and evidence.
 * @see {@link https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html} and GitHub's "SARIF support for code scanning"
 */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { Log, Notification, ReportingDescriptor, Result } from "sarif";
import type { Severity } from "../../posture/about.ts";
import { CLAIMS, type Claim, severityOf } from "../claims.ts";
import type { Language } from "./language.ts";

export interface SarifOptions {
  readonly version: string;
  /** The project's name: a run of its own beside those of others. */
  readonly project: string;
  /** From the repository's root to the project's folder, with `/`; files of findings are named from there. */
  readonly prefix: string;
  readonly language: Language;
  /** The text of a line, for a fingerprint that stays the same when lines move. */
  lineOf(file: string, line: number): string | undefined;
}

/** As GitHub groups them: critical from 9.0, high from 7.0, medium from 4.0. */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.0",
};
const LEVELS = { critical: "error", high: "error", medium: "warning", low: "note" } as const;

/** Passes are not in it, for code scanning shows none: they are in the report itself, and in JUnit. */
export function renderSarif(findings: readonly Finding[], options: SarifOptions): string {
  const told = findings.filter(({ verdict }) => verdict === "breached" || verdict === "waived");
  const ids = [...new Set(told.map(({ control }) => control))];
  const rules = ids.flatMap((id) => CLAIMS.filter((claim) => claim.id === id));
  const unproven = findings.filter(({ verdict }) => verdict === "unproven");
  const log: Log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Seaworthy",
            semanticVersion: options.version,
            rules: rules.map((claim) => ruleOf(claim, options.language)),
          },
        },
        automationDetails: { id: `seaworthy/${options.project}/` },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: unproven.length === 0,
            toolExecutionNotifications: unproven.map((finding) => notification(finding, options)),
          },
        ],
        results: told.map((finding) => resultOf(finding, ids.indexOf(finding.control), options)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function ruleOf({ id, claim, about, fix }: Claim, language: Language): ReportingDescriptor {
  const { severity, why, references, docker, kubernetes } = about;
  const lines = [
    why[language],
    "",
    `- Compose: \`${fix[language]}\``,
    ...(docker === undefined ? [] : [`- docker run: \`${docker}\``]),
    ...(kubernetes === undefined ? [] : [`- Kubernetes: \`${kubernetes}\``]),
    ...(references.length === 0 ? [] : ["", references.join(", ")]),
  ];
  return {
    id,
    name: id,
    shortDescription: { text: claim[language] },
    fullDescription: { text: why[language] },
    help: { text: `${why[language]}\n${fix[language]}`, markdown: lines.join("\n") },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { "security-severity": SCORES[severity], tags: ["security", "container"] },
  };
}

function resultOf(finding: Finding, ruleIndex: number, options: SarifOptions): Result {
  const { control, claim, service, verdict, hardened, twin, reason, fix, id } = finding;
  const { language } = options;
  const seen = hardened?.summary[language] ?? verdict;
  return {
    ruleId: control,
    ruleIndex,
    kind: "fail",
    level: LEVELS[severityOf(finding)],
    message: {
      text: [
        `${service}: ${claim[language]}. Seen: ${seen}.`,
        ...(fix === undefined ? [] : [`Fix: ${fix[language]}`]),
      ].join(" "),
    },
    locations: [locationOf(finding, options)],
    partialFingerprints: { primaryLocationLineHash: fingerprint(finding, options) },
    ...(verdict === "waived"
      ? { suppressions: [{ kind: "external", status: "accepted", justification: reason?.[language] ?? "" }] }
      : {}),
    properties: {
      finding: id,
      service,
      ...(hardened === undefined ? {} : { declared: stepsOf(hardened) }),
      ...(twin === undefined ? {} : { twin: stepsOf(twin) }),
    },
  };
}

function stepsOf({ steps }: Attempt): readonly string[] {
  return steps.map(({ did, saw }: Step) => `${did} = ${saw}`);
}

function notification(finding: Finding, options: SarifOptions): Notification {
  const { service, claim, reason, control } = finding;
  const { language } = options;
  return {
    descriptor: { id: control },
    level: "error",
    message: { text: `${service}: ${claim[language]}: not proven: ${reason?.[language] ?? ""}` },
    locations: [locationOf(finding, options)],
  };
}

/** What has no line of its own is told at the first line of the Compose file, for a result without a place is refused. */
function locationOf({ source, service }: Finding, { prefix }: SarifOptions) {
  const file = source?.file ?? "compose.yaml";
  const path = posix.join(prefix, file);
  return {
    physicalLocation: {
      artifactLocation: { uri: path.split("/").map(encodeURIComponent).join("/") },
      region: {
        startLine: source?.line ?? 1,
        ...(source?.column === undefined ? {} : { startColumn: source.column }),
      },
    },
    logicalLocations: [{ name: service, kind: "module" }],
  };
}

/** The same for as long as the claim, the service and the text of the line are; where the line stands does not count. */
function fingerprint({ id, source }: Finding, { lineOf }: SarifOptions): string {
  const line = source === undefined ? "" : (lineOf(source.file, source.line) ?? "").trim();
  return `${createHash("sha256")
    .update(`${id}\0${source?.file ?? ""}\0${line}`)
    .digest("hex")
    .slice(0, 16)}:1`;
}
