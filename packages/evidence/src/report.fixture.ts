/** A report in which every member is present and every verdict occurs once. */
import type { Attempt, Finding, Text } from "./finding.ts";
import { exitCodeOf, type Report, summarise } from "./report.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

function said(text: string): Text {
  return { en: text, ru: text };
}

function attempt(outcome: Attempt["outcome"]): Attempt {
  return { outcome, summary: said(outcome), steps: [{ did: 'open("/etc/passwd", O_WRONLY)', saw: "EROFS" }] };
}

function finding(verdict: Finding["verdict"], evidence: Partial<Finding>): Finding {
  return {
    id: `${verdict}.probe/app`,
    control: verdict,
    kind: "control",
    service: "app",
    claim: said("The root file system is read-only"),
    verdict,
    source: { file: "compose.yaml", line: 7, column: 5, key: "services.app.read_only" },
    fix: said("read_only: true"),
    ...evidence,
  };
}

export function sampleReport(): Report {
  const findings = [
    finding("absent", { reason: said("there is no tmpfs") }),
    finding("breached", { hardened: attempt("breached") }),
    finding("held", {
      hardened: attempt("refused"),
      twin: attempt("breached"),
      loosened: said("read_only: false"),
      mechanism: said("the read-only mount"),
    }),
    finding("unproven", { reason: said("no twin"), hardened: attempt("unable") }),
    finding("waived", { reason: said("accepted by ops until 2030-01-01"), hardened: attempt("breached") }),
  ];
  return {
    schemaVersion: 1,
    tool: { name: "seaworthy", version: "0.1.0" },
    createdAt: "2026-01-02T03:04:05.678Z",
    project: "myapp",
    plan: digest,
    engine: {
      ...{ version: "runc 1.1.5", kernel: "6.1.0", architecture: "amd64", cgroup: "v2" },
      securityModules: ["capability", "apparmor"],
    },
    images: [
      {
        service: "app",
        reference: "myapp:prod",
        digest,
        platform: "linux/amd64",
        user: "10001:10001",
        packedSize: 40,
        unpackedSize: 100,
        layers: [
          {
            name: "base",
            createdBy: "8 packages of Debian trixie",
            digest,
            diffId: digest,
            packedSize: 40,
            unpackedSize: 100,
            paths: 3,
            origins: [{ origin: "libc6 2.41-12", bytes: 90 }],
          },
        ],
        healthCheck: ["node", "dist/healthcheck.js"],
        pinnedBy: "seaworthy.lock",
      },
    ],
    services: [
      {
        name: "app",
        image: "myapp:prod",
        status: "unhealthy",
        ports: [{ address: "127.0.0.1", published: 8000, target: 8000 }],
        restarts: 1,
        limits: { memory: 268_435_456, pids: 64, cpus: 0.5 },
        problem: "connection refused",
        confinement: "unconfined",
        confinementUnseen: ["apparmor=mine"],
      },
    ],
    reach: [
      { to: "app", declared: true, tried: [{ address: "127.0.0.1", port: 8000, saw: "connected" }] },
      { from: "app", to: "db", declared: false, tried: [], problem: said("app does not run") },
    ],
    findings,
    summary: summarise(findings),
    exitCode: exitCodeOf(findings),
    repeat: "npx seaworthy prove examples/myapp",
  };
}
