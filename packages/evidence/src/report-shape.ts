/** The report's types once more, as checks: a member that a type gains and this page lacks does not compile. */
import type { Attempt, Finding, SourceLine, Step, Text } from "./finding.ts";
import {
  type Report,
  type ReportImage,
  type ReportLayer,
  type ReportReach,
  type ReportService,
  VERDICTS,
} from "./report.ts";
import {
  type Check,
  integer,
  list,
  matching,
  name,
  object,
  oneOf,
  positive,
  text,
  yesOrNo,
} from "./shape.ts";

const count = integer(0);
const port = integer(1, 65_535);
const digest = matching(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits");
const time = matching(
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/,
  "a time as RFC 3339 writes it",
);

const sentence: Check<Text> = object<Text>({ en: text, ru: text }, {});

const step: Check<Step> = object<Step>({ did: text, saw: text }, {});

const attempt: Check<Attempt> = object<Attempt>(
  {
    outcome: oneOf("refused", "breached", "absent", "unable"),
    summary: sentence,
    steps: list(step),
  },
  {},
);

const sourceLine: Check<SourceLine> = object<SourceLine>(
  { file: name, line: integer(1), key: text },
  { column: integer(1) },
);

const finding: Check<Finding> = object<Finding>(
  {
    id: name,
    control: name,
    kind: oneOf("control", "rule"),
    service: name,
    claim: sentence,
    verdict: oneOf(...VERDICTS),
  },
  {
    reason: sentence,
    hardened: attempt,
    twin: attempt,
    loosened: sentence,
    mechanism: sentence,
    source: sourceLine,
    fix: sentence,
  },
);

const layer: Check<ReportLayer> = object<ReportLayer>(
  {
    name,
    createdBy: text,
    digest,
    diffId: digest,
    packedSize: count,
    unpackedSize: count,
    paths: count,
    origins: list(object<ReportLayer["origins"][number]>({ origin: text, bytes: count }, {})),
  },
  {},
);

const image: Check<ReportImage> = object<ReportImage>(
  {
    service: name,
    reference: name,
    digest,
    platform: name,
    user: text,
    packedSize: count,
    unpackedSize: count,
    layers: list(layer),
    healthCheck: list(text),
    pinnedBy: text,
  },
  {},
);

const service: Check<ReportService> = object<ReportService>(
  {
    name,
    image: name,
    status: oneOf("created", "starting", "running", "healthy", "unhealthy", "exited", "missing"),
    ports: list(object<ReportService["ports"][number]>({ address: name, published: port, target: port }, {})),
    restarts: count,
    limits: object<ReportService["limits"]>({}, { memory: count, pids: count, cpus: positive }),
  },
  { problem: text, confinement: name, confinementUnseen: list(name) },
);

const reach: Check<ReportReach> = object<ReportReach>(
  {
    to: name,
    declared: yesOrNo,
    tried: list(object<ReportReach["tried"][number]>({ address: name, port, saw: name }, {})),
  },
  { from: name, problem: sentence },
);

export const reportShape: Check<Report> = object<Report>(
  {
    schemaVersion: oneOf(1),
    tool: object<Report["tool"]>({ name: oneOf("seaworthy"), version: name }, {}),
    createdAt: time,
    project: name,
    plan: digest,
    engine: object<Report["engine"]>(
      { version: name, kernel: name, architecture: name, cgroup: name },
      { securityModules: list(name) },
    ),
    images: list(image),
    services: list(service),
    reach: list(reach),
    findings: list(finding),
    summary: object<Report["summary"]>(
      { held: count, breached: count, unproven: count, absent: count, waived: count },
      {},
    ),
    exitCode: oneOf(0, 1, 2),
    repeat: name,
  },
  {},
);
