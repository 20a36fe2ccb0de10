/** What other auditors look for, each with a smallest file that has it, and the claim that is breached by it here. */

export interface PeerCheck {
  /** The claim of ours that speaks of the same. */
  readonly claim: string;
  /** `hadolint DL3000`: tool and rule. */
  readonly peers: readonly string[];
  /** A Dockerfile's last lines, or the keys of a Compose service. */
  readonly dockerfile?: string;
  readonly compose?: string;
}

const SHA = "a".repeat(64);
/** Before the lines of each Dockerfile. */
export const BASE: string = `FROM debian:trixie-slim@sha256:${SHA}\n`;

/** Of the same, what is left out here, and why. */
export const LEFT_OUT: readonly (readonly [peers: string, why: string])[] = [
  [
    "hadolint DL3008, DL3018, DL3033, DL3037, DL3041 (a version for each system package)",
    "Debian and Alpine drop a version when the next one comes: the build breaks, and security updates are kept out. What is wanted is a base image by digest (`pinned`), or images from locked packages.",
  ],
  [
    "hadolint DL3026, trivy KSV-0034 (allowed registries)",
    "which registry is trusted is a decision of its user; what comes from any is to have a digest (`pinned`)",
  ],
  ["dockle CIS-DI-0005, docker-bench 4.5 (content trust)", "Docker gave it up; a digest says more"],
  [
    "docker-bench 4.4, 4.11, 4.12, dockle CIS-DI-0002, 0004, 0011 (scan, rebuild, signatures)",
    "they name no check there either; images made here are of signed packages, verified one by one",
  ],
  [
    "hadolint DL3001, DL3003, DL3010, DL3029, DL3047, DL3048 to DL3056, DL3058, DL3059, DL3061, DL3065, DL4001, DL4005 and the ShellCheck rules",
    "style, labels, and how a script is written: another tool's business",
  ],
  ["hadolint DL3043, DL3046", "a builder refuses the one; the other is a large file that builders leave out"],
  [
    "BuildKit StageNameCasing, FromAsCasing, ConsistentInstructionCasing, NoEmptyContinuation, RedundantTargetPlatform, FromPlatformFlagConstDisallowed, ExposeProtoCasing, InvalidDefinitionDescription",
    "style; its own checks say it while it builds",
  ],
  ["BuildKit InvalidBaseImagePlatform", "it asks a registry, and `check` asks nobody"],
  [
    "dclint's orders, quotes, `no-version-field`, `require-project-name-field`, `service-container-name-regex`",
    "style",
  ],
  ["dclint no-build-and-image", "both together are how Compose names what it builds"],
  [
    "docker-bench 5.19 (limits of open files), 5.1, 5.23, 5.24",
    "open files are charged to the memory that is limited; the others are about the engine's operation, not about a container",
  ],
];

export const PEER_CHECKS: readonly PeerCheck[] = [
  {
    claim: "non-root",
    peers: [
      ...["hadolint DL3002", "trivy DS-0002", "checkov CKV_DOCKER_3", "checkov CKV_DOCKER_8"],
      ...["dockle CIS-DI-0001", "docker-bench 4.1", "semgrep last-user-is-root", "semgrep missing-user"],
    ],
    dockerfile: "USER root",
  },
  { claim: "numeric-user", peers: ["hadolint DL3066"], dockerfile: "USER app" },
  {
    claim: "absolute-workdir",
    peers: [...["hadolint DL3000", "trivy DS-0009", "checkov CKV_DOCKER_10", "buildkit WorkdirRelativePath"]],
    dockerfile: "WORKDIR app",
  },
  { claim: "absolute-workdir", peers: ["hadolint DL3045"], dockerfile: "COPY a.js src/" },
  { claim: "own-workdir", peers: ["trivy DS-0030"], dockerfile: "WORKDIR /usr/bin" },
  {
    claim: "no-sudo",
    peers: ["hadolint DL3004", "trivy DS-0010", "dockle DKL-DI-0001", "semgrep no-sudo"],
    dockerfile: "RUN sudo make",
  },
  {
    claim: "pinned",
    peers: [
      ...["hadolint DL3006", "hadolint DL3007", "trivy DS-0001", "checkov CKV_DOCKER_7"],
      ...["dockle DKL-DI-0006", "semgrep source-not-pinned", "docker-bench 5.28"],
    ],
    dockerfile: "FROM node",
  },
  { claim: "locked-dependencies", peers: ["hadolint DL3013"], dockerfile: "RUN pip install flask" },
  { claim: "locked-dependencies", peers: ["hadolint DL3016"], dockerfile: "RUN npm install express" },
  { claim: "locked-dependencies", peers: ["hadolint DL3028"], dockerfile: "RUN gem install rails" },
  {
    claim: "locked-dependencies",
    peers: ["hadolint DL3062"],
    dockerfile: "RUN go install x.example/t@latest",
  },
  {
    claim: "verified-downloads",
    peers: ["semgrep pip-extra-index-url"],
    dockerfile: "RUN pip install --extra-index-url https://x.example/simple -r requirements.txt",
  },
  {
    claim: "no-leftovers",
    peers: ["hadolint DL3009", "dockle DKL-DI-0005"],
    dockerfile: "RUN apt-get update && apt-get install -y --no-install-recommends tini",
  },
  {
    claim: "no-leftovers",
    peers: ["hadolint DL3019", "trivy DS-0025", "dockle DKL-DI-0004"],
    dockerfile: "RUN apk add tini",
  },
  {
    claim: "no-leftovers",
    peers: ["hadolint DL3032", "trivy DS-0015"],
    dockerfile: "RUN yum install -y tini",
  },
  {
    claim: "no-leftovers",
    peers: ["hadolint DL3040", "trivy DS-0019"],
    dockerfile: "RUN dnf install -y tini",
  },
  { claim: "no-leftovers", peers: ["trivy DS-0027"], dockerfile: "RUN microdnf install -y tini" },
  {
    claim: "no-leftovers",
    peers: ["hadolint DL3036", "trivy DS-0020"],
    dockerfile: "RUN zypper install -y tini",
  },
  { claim: "no-leftovers", peers: ["hadolint DL3042"], dockerfile: "RUN pip install -r requirements.txt" },
  { claim: "no-leftovers", peers: ["hadolint DL3060"], dockerfile: "RUN yarn install --frozen-lockfile" },
  {
    claim: "fresh-packages",
    peers: ["dockle CIS-DI-0007", "trivy DS-0017", "checkov CKV_DOCKER_5", "docker-bench 4.7"],
    dockerfile: "RUN apt-get update",
  },
  {
    claim: "fresh-packages",
    peers: ["hadolint DL3035", "trivy DS-0024", "dockle DKL-DI-0003"],
    dockerfile: "RUN apt-get update && apt-get dist-upgrade -y",
  },
  {
    claim: "unattended-install",
    peers: ["hadolint DL3014", "trivy DS-0021"],
    dockerfile: "RUN apt-get update && apt-get install --no-install-recommends tini",
  },
  {
    claim: "unattended-install",
    peers: ["hadolint DL3015", "trivy DS-0029"],
    dockerfile: "RUN apt-get update && apt-get install -y tini",
  },
  {
    claim: "unattended-install",
    peers: ["hadolint DL3027", "checkov CKV_DOCKER_9"],
    dockerfile: "RUN apt install -y tini",
  },
  { claim: "unattended-install", peers: ["hadolint DL3030"], dockerfile: "RUN yum install tini" },
  { claim: "unattended-install", peers: ["hadolint DL3034"], dockerfile: "RUN zypper install tini" },
  { claim: "unattended-install", peers: ["hadolint DL3038"], dockerfile: "RUN dnf install tini" },
  {
    claim: "add-only-archives",
    peers: [
      ...[
        "hadolint DL3020",
        "trivy DS-0005",
        "checkov CKV_DOCKER_4",
        "dockle CIS-DI-0009",
        "docker-bench 4.9",
      ],
    ],
    dockerfile: "ADD server.js /app/",
  },
  {
    claim: "existing-copies",
    peers: ["hadolint DL3021", "trivy DS-0011"],
    dockerfile: "COPY a.js b.js /app",
  },
  {
    claim: "valid-ports",
    peers: ["hadolint DL3011", "trivy DS-0008"],
    dockerfile: "EXPOSE 80000",
  },
  { claim: "valid-ports", peers: ["buildkit ExposeInvalidFormat"], dockerfile: "EXPOSE 80:8000" },
  {
    claim: "one-of-each",
    peers: ["hadolint DL3012", "trivy DS-0023", "buildkit MultipleInstructionsDisallowed"],
    dockerfile: 'HEALTHCHECK CMD ["a"]\nHEALTHCHECK CMD ["b"]',
  },
  {
    claim: "one-of-each",
    peers: ["hadolint DL4003", "hadolint DL4004", "trivy DS-0007", "trivy DS-0016"],
    dockerfile: 'CMD ["a"]\nCMD ["b"]',
  },
  {
    claim: "pinned",
    peers: ["hadolint DL3022"],
    dockerfile: "COPY --from=nowhere /a /a",
  },
  {
    claim: "known-stages",
    peers: ["hadolint DL3023", "trivy DS-0006"],
    dockerfile: `FROM debian:trixie-slim@sha256:${SHA} AS own\nCOPY --from=own /a /a`,
  },
  {
    claim: "known-stages",
    peers: ["hadolint DL3024", "trivy DS-0012", "checkov CKV_DOCKER_11", "buildkit DuplicateStageName"],
    dockerfile: `FROM debian:trixie-slim@sha256:${SHA} AS one\nFROM debian:trixie-slim@sha256:${SHA} AS one`,
  },
  {
    claim: "known-stages",
    peers: ["hadolint DL3063", "buildkit ReservedStageName"],
    dockerfile: `FROM debian:trixie-slim@sha256:${SHA} AS context`,
  },
  {
    claim: "stops-on-signal",
    peers: ["hadolint DL3025", "buildkit JSONArgsRecommended"],
    dockerfile: "CMD node server.js",
  },
  {
    claim: "healthy",
    peers: [
      ...[
        "hadolint DL3057",
        "trivy DS-0026",
        "checkov CKV_DOCKER_2",
        "dockle CIS-DI-0006",
        "docker-bench 4.6",
      ],
    ],
    dockerfile: 'CMD ["node"]',
  },
  {
    claim: "no-secrets-in-build",
    peers: [
      ...["hadolint DL3064", "trivy DS-0031", "dockle CIS-DI-0010", "docker-bench 4.10"],
      ...["buildkit SecretsUsedInArgOrEnv", "semgrep secret-in-build-arg"],
    ],
    dockerfile: "ENV DB_PASSWORD=hunter22",
  },
  {
    claim: "needed-copies",
    peers: ["hadolint DL3067"],
    dockerfile: `FROM debian:trixie-slim@sha256:${SHA} AS build\nFROM scratch\nCOPY --from=build / /`,
  },
  {
    claim: "current-syntax",
    peers: ["hadolint DL4000", "trivy DS-0022", "checkov CKV_DOCKER_6", "buildkit MaintainerDeprecated"],
    dockerfile: "MAINTAINER somebody",
  },
  { claim: "current-syntax", peers: ["buildkit LegacyKeyValueFormat"], dockerfile: "ENV A b" },
  {
    claim: "pipefail",
    peers: ["hadolint DL4006"],
    dockerfile: "RUN curl -f https://x.example/a.tar | tar x",
  },
  {
    claim: "declared-variables",
    peers: ["buildkit UndefinedVar"],
    dockerfile: "ARG VERSION=1\nENV RELEASE=$VERSON",
  },
  { claim: "declared-variables", peers: ["hadolint DL3044"], dockerfile: "ENV A=/a B=$A/b" },
  {
    claim: "declared-variables",
    peers: ["buildkit UndefinedArgInFrom", "buildkit InvalidDefaultArgInFrom"],
    dockerfile: "FROM debian:$NOWHERE",
  },
  {
    claim: "no-ssh",
    peers: ["trivy DS-0004", "checkov CKV_DOCKER_1", "docker-bench 5.7"],
    dockerfile: "EXPOSE 22",
  },
  { claim: "no-system-volumes", peers: ["dockle DKL-DI-0002"], dockerfile: "VOLUME /proc" },
  {
    claim: "confined-build",
    peers: ["semgrep run-security-insecure"],
    dockerfile: "RUN --security=insecure make",
  },
  {
    claim: "verified-downloads",
    peers: ["checkov CKV2_DOCKER (curl -k, trusted hosts, unchecked TLS)"],
    dockerfile: "RUN curl -fk https://x.example/a -o /a",
  },
  {
    claim: "no-loose-permissions",
    peers: ["docker-bench 4.8", "dockle CIS-DI-0008"],
    dockerfile: "RUN chmod u+s /usr/bin/app",
  },
  {
    claim: "no-build-tools",
    peers: ["dockle CIS-DI-0003", "docker-bench 4.3"],
    dockerfile:
      "RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*",
  },

  {
    claim: "no-control-socket",
    peers: [
      ...["compose-lint CL-0001", "kics docker.sock", "docker-bench 5.32"],
      ...["semgrep exposing-docker-socket-volume", "semgrep dockerd-socket-mount"],
    ],
    compose: 'volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]',
  },
  {
    claim: "host-devices",
    peers: ["compose-lint CL-0002", "kics privileged", "docker-bench 5.5", "semgrep privileged-service"],
    compose: "privileged: true",
  },
  {
    claim: "no-new-privileges",
    peers: [
      "compose-lint CL-0003",
      "kics no-new-privileges",
      "docker-bench 5.26",
      "semgrep no-new-privileges",
    ],
    compose: "image: x",
  },
  {
    claim: "pinned",
    peers: ["compose-lint CL-0004", "compose-lint CL-0019", "dclint service-image-require-explicit-tag"],
    compose: "image: redis:8",
  },
  {
    claim: "published-ports",
    peers: [
      ...["compose-lint CL-0005", "kics bind interface", "docker-bench 5.14"],
      ...["dclint no-unbound-port-interfaces"],
    ],
    compose: 'ports: ["8080:8080"]',
  },
  {
    claim: "capabilities",
    peers: [
      ...["compose-lint CL-0006", "compose-lint CL-0011", "compose-lint CL-0024", "compose-lint CL-0027"],
      ...["kics cap_drop", "docker-bench 5.4", "docker-bench C.5.3.1"],
    ],
    compose: "cap_add: [SYS_ADMIN]",
  },
  {
    claim: "read-only-root",
    peers: ["compose-lint CL-0007", "docker-bench 5.13", "semgrep writable-filesystem-service"],
    compose: "image: x",
  },
  {
    claim: "private-network",
    peers: ["compose-lint CL-0008", "kics host network", "docker-bench 5.10"],
    compose: "network_mode: host",
  },
  {
    claim: "seccomp",
    peers: [
      ...["compose-lint CL-0009", "kics seccomp disabled", "docker-bench 5.22"],
      ...["semgrep seccomp-confinement-disabled"],
    ],
    compose: 'security_opt: ["seccomp=unconfined"]',
  },
  {
    claim: "kept-confinement",
    peers: ["docker-bench 5.2", "compose-lint CL-0009"],
    compose: 'security_opt: ["apparmor=unconfined"]',
  },
  {
    claim: "kept-confinement",
    peers: ["docker-bench 5.3", "semgrep selinux-separation-disabled"],
    compose: 'security_opt: ["label=disable"]',
  },
  {
    claim: "private-pid",
    peers: ["compose-lint CL-0010", "kics host pid", "docker-bench 5.16"],
    compose: "pid: host",
  },
  {
    claim: "private-ipc",
    peers: ["compose-lint CL-0010", "kics host ipc", "docker-bench 5.17"],
    compose: "ipc: host",
  },
  { claim: "private-uts", peers: ["compose-lint CL-0010", "docker-bench 5.21"], compose: "uts: host" },
  {
    claim: "private-namespaces",
    peers: ["compose-lint CL-0010", "kics host userns", "docker-bench 5.31"],
    compose: "userns_mode: host",
  },
  {
    claim: "private-namespaces",
    peers: ["kics cgroup_parent", "docker-bench 5.25"],
    compose: "cgroup_parent: /",
  },
  {
    claim: "host-paths",
    peers: ["compose-lint CL-0013", "compose-lint CL-0025", "kics sensitive host dir", "docker-bench 5.6"],
    compose: 'volumes: ["/etc:/host/etc"]',
  },
  { claim: "kept-logs", peers: ["compose-lint CL-0014"], compose: "logging: { driver: none }" },
  {
    claim: "no-devices",
    peers: ["compose-lint CL-0016", "docker-bench 5.18"],
    compose: 'devices: ["/dev/sda:/dev/sda"]',
  },
  {
    claim: "private-propagation",
    peers: ["compose-lint CL-0017", "kics shared propagation", "docker-bench 5.20"],
    compose: 'volumes: ["/srv:/srv:rshared"]',
  },
  {
    claim: "non-root",
    peers: ["compose-lint CL-0018", "semgrep service-runs-as-root"],
    compose: "user: root",
  },
  {
    claim: "no-secrets-in-environment",
    peers: ["compose-lint CL-0020"],
    compose: "environment: { DB_PASSWORD: hunter22 }",
  },
  {
    claim: "no-secrets-in-environment",
    peers: ["compose-lint CL-0021"],
    compose: "environment: { DATABASE_URL: 'postgres://app:hunter22@db/app' }",
  },
  { claim: "tmpfs-noexec", peers: ["compose-lint CL-0022"], compose: 'tmpfs: ["/tmp:size=1m,exec"]' },
  {
    claim: "memory-limit",
    peers: ["compose-lint CL-0026", "kics memory", "docker-bench 5.11"],
    compose: "image: x",
  },
  {
    claim: "cpu-limit",
    peers: ["compose-lint CL-0026", "kics cpus", "docker-bench 5.12"],
    compose: "image: x",
  },
  { claim: "pids-limit", peers: ["kics pids_limit", "docker-bench 5.29"], compose: "image: x" },
  {
    claim: "bounded-restart",
    peers: ["kics restart on-failure 5", "docker-bench 5.15"],
    compose: "restart: always",
  },
  {
    claim: "no-privileged-ports",
    peers: ["kics privileged ports", "docker-bench 5.8"],
    compose: 'ports: ["127.0.0.1:25:25"]',
  },
  {
    claim: "healthy",
    peers: ["kics healthcheck", "docker-bench 5.27"],
    compose: "healthcheck: { disable: true }",
  },
  {
    claim: "own-network",
    peers: ["kics networks unset", "docker-bench 5.30"],
    compose: "network_mode: bridge",
  },
  {
    claim: "own-names",
    peers: ["dclint no-duplicate-container-names"],
    compose: "container_name: one\n  other:\n    image: y\n    container_name: one",
  },
  {
    claim: "own-names",
    peers: ["dclint no-duplicate-exported-ports"],
    compose: 'ports: ["127.0.0.1:80:80"]\n  other:\n    image: y\n    ports: ["127.0.0.1:80:81"]',
  },
];
