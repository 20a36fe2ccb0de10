/** Facts and findings for tests of the report: two services, and every verdict once. */
import type { Attempt, Finding, Text } from "@seaworthy/evidence";
import type { ReportFacts } from "./assemble.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

function said(en: string, ru: string): Text {
  return { en, ru };
}

function attempt(outcome: Attempt["outcome"], did: string, saw: string): Attempt {
  return { outcome, summary: said(`it was ${outcome}`, `итог: ${outcome}`), steps: [{ did, saw }] };
}

export const FACTS: ReportFacts = {
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
      packedSize: 50_000_000,
      unpackedSize: 147_800_000,
      layers: [
        {
          name: "runtime",
          createdBy: "node 24.21.0",
          digest,
          diffId: digest,
          packedSize: 45_000_000,
          unpackedSize: 126_800_000,
          paths: 8,
          origins: [{ origin: "node 24.21.0", bytes: 126_800_000 }],
        },
        {
          name: "app",
          createdBy: "npm pack",
          digest,
          diffId: digest,
          packedSize: 5_000_000,
          unpackedSize: 21_000_000,
          paths: 17,
          origins: [{ origin: "myapp 1.0.0", bytes: 21_000_000 }],
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
      ports: [
        { address: "127.0.0.1", published: 8000, target: 8000 },
        { address: "127.0.0.1", published: 443, target: 8443 },
      ],
      restarts: 2,
      limits: { memory: 268_435_456, pids: 64, cpus: 0.5 },
      problem: "connection refused",
      confinement: "docker-default (enforce)",
      confinementUnseen: ["apparmor=mine"],
    },
    { name: "db", image: "postgres:15", status: "running", ports: [], restarts: 0, limits: {} },
  ],
  reach: [
    {
      from: "app",
      to: "db",
      declared: false,
      tried: [{ address: "172.18.0.3", port: 5432, saw: "connected" }],
    },
    {
      from: "db",
      to: "app",
      declared: true,
      tried: [{ address: "172.18.0.2", port: 8000, saw: "no answer" }],
    },
    { to: "app", declared: true, tried: [], problem: said("it does not run", "она не работает") },
    { to: "db", declared: false, tried: [] },
  ],
  repeat: "npx seaworthy prove examples/myapp",
};

export const FINDINGS: readonly Finding[] = [
  {
    id: "read-only-root.write/app",
    control: "read-only-root",
    kind: "control",
    service: "app",
    claim: said("The root is read-only", "Корень доступен только для чтения"),
    verdict: "breached",
    hardened: attempt("breached", 'open("/etc/passwd", O_WRONLY)', "3"),
    source: { file: "compose.yaml", line: 7, key: "services.app.read_only" },
    fix: said("read_only: true", "read_only: true"),
  },
  {
    id: "read-only-root.write/db",
    control: "read-only-root",
    kind: "control",
    service: "db",
    claim: said("The root is read-only", "Корень доступен только для чтения"),
    verdict: "held",
    hardened: attempt("refused", 'open("/etc/shadow", O_WRONLY)', "EROFS"),
    twin: attempt("breached", 'open("/etc/shadow", O_WRONLY)', "4"),
    loosened: said("with a writable root", "с корнем, доступным для записи"),
    mechanism: said("the read-only mount", "монтирование только для чтения"),
  },
  {
    id: "seccomp.witness/app",
    control: "seccomp",
    kind: "control",
    service: "app",
    claim: said("System calls are filtered", "Системные вызовы фильтруются"),
    verdict: "unproven",
    reason: said("the twin refused too", "двойник тоже отказал"),
    hardened: attempt("refused", "keyctl()", "EPERM"),
    twin: attempt("refused", "bpf()", "EPERM"),
  },
  {
    id: "no-shell/db",
    control: "no-shell",
    kind: "rule",
    service: "db",
    claim: said("There is no shell", "Оболочки нет"),
    verdict: "absent",
    reason: said("asked of the app only", "требуется только от приложения"),
  },
  {
    id: "size-budget/app",
    control: "size-budget",
    kind: "rule",
    service: "app",
    claim: said("The image is small", "Образ невелик"),
    verdict: "waived",
    reason: said("accepted by ops until 2030-01-01", "принято до 2030-01-01"),
    hardened: attempt("breached", "added up the layers", "147800000 bytes"),
    fix: said("leave something out", "уберите лишнее"),
  },
];
