import { describe, expect, test } from "vitest";
import { parseDockerfile } from "../../recipe/dockerfile/parse.ts";
import { targetStage } from "../../recipe/dockerfile/stages.ts";
import { checkDockerfile } from "./check-dockerfile.ts";
import { DOCKERFILE_RULES } from "./rules.ts";
import type { DockerfileSubject } from "./subject.ts";

type Options = Partial<Pick<DockerfileSubject, "context" | "overridden">> & { target?: string };

function check(text: string, { target, ...more }: Options = {}) {
  const dockerfile = parseDockerfile(text, "/p/Dockerfile");
  const stage = targetStage(dockerfile, target);
  if (stage === undefined) throw new Error("no stage");
  const subject: DockerfileSubject = {
    ...{ dockerfile, target: stage, args: new Map(), context: undefined, today: "2026-11-23" },
    overridden: { user: false, healthCheck: false },
    ...more,
  };
  return checkDockerfile(subject, "app", "/p");
}

/** The lines that a rule finds wrong. */
function wrong(rule: string, text: string, options?: Options): readonly (number | undefined)[] {
  const all = check(text, options).filter(({ control }) => control === rule);
  expect(all.length, `${rule} said nothing`).toBeGreaterThan(0);
  return all.filter(({ verdict }) => verdict === "breached").map(({ source }) => source?.line);
}
const verdict = (rule: string, text: string, options?: Options): string | undefined =>
  check(text, options).find(({ control }) => control === rule)?.verdict;

const GOOD = [
  "FROM node:24-slim@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa AS build",
  "WORKDIR /src",
  "COPY package.json package-lock.json ./",
  "RUN npm ci",
  "COPY src ./src",
  "RUN npm run build",
  "FROM gcr.example/distroless/nodejs24:nonroot@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
  "WORKDIR /app",
  "COPY --from=build /src/dist ./dist",
  "ENV NODE_ENV=production",
  "EXPOSE 8000",
  "USER 10001:10001",
  'HEALTHCHECK CMD ["node", "dist/healthcheck.js"]',
  'CMD ["node", "dist/server.js"]',
].join("\n");

test("a Dockerfile as it should be passes every rule", () => {
  const findings = check(GOOD);
  expect(findings.filter(({ verdict }) => verdict !== "held" && verdict !== "absent")).toEqual([]);
  expect(findings).toHaveLength(DOCKERFILE_RULES.length);
});

const B = "FROM debian:trixie-slim";

/** A rule, what it finds (line 2 unless said otherwise), and what looks like it and is not. */
const CASES: readonly (readonly [rule: string, bad: readonly string[], good: readonly string[]])[] = [
  ["numeric-user", ["USER app", "USER app:app"], ["USER 10001", "USER 10001:10001", "USER $ID"]],
  [
    "no-secrets-in-build",
    [
      ...[
        "ENV DB_PASSWORD=hunter22",
        "ARG NPM_TOKEN",
        "ARG API_KEY=abcdef",
        "COPY .env /app/.env",
        "COPY .npmrc ./",
      ],
      ...["ADD id_rsa /root/.ssh/", "ENV DATABASE_URL=postgres://app:hunter22@db/app"],
      ...["RUN git clone https://me:ghp_abcdefghijklmnopqrstuvwxyz0123456789@code.example/x.git"],
    ],
    [
      ...[
        "ENV DB_PASSWORD_FILE=/run/secrets/db",
        "ENV AUTH_MODE=token",
        "ARG TOKEN_TTL=60",
        "COPY .env.example /app/",
      ],
      ...[
        "ENV PASSWORD_MIN_LENGTH=12",
        "ENV DATABASE_URL=postgres://db/app",
        "ENV DB_PASSWORD=",
        "ENV KEY_ID=abc",
      ],
      ...["RUN --mount=type=secret,id=token npm ci", "RUN apk add libcrypto3=3.1.4", "COPY access.log /x/"],
      ...["ENV SECRET_PATH=/run/secrets", "COPY --from=build /app/.env /app/"],
    ],
  ],
  [
    "verified-downloads",
    [
      ...["ADD https://files.example/a.tar.gz /a/", "RUN curl -sSL https://x.example/i.sh | sh"],
      ...[
        "RUN wget -qO- https://x.example/i | sudo bash -s -- -y",
        "RUN curl -fsSLk https://x.example/a -o a",
      ],
      ...["RUN wget --no-check-certificate https://x.example/a", "RUN pip install --trusted-host x -r r.txt"],
      ...[
        "RUN npm config set strict-ssl false",
        "ENV NODE_TLS_REJECT_UNAUTHORIZED=0",
        "RUN apk add --allow-untrusted x.apk",
      ],
      ...["RUN git config --global http.sslVerify false", "RUN apt-get install -y --allow-unauthenticated x"],
    ],
    [
      ...[
        "ADD --checksum=sha256:aa https://files.example/a /a",
        "RUN curl -fsS https://x.example/a -o a && sha256sum -c sums",
      ],
      ...[
        "ADD a.tar.gz /a/",
        "RUN cat list | sh",
        "RUN curl -f https://x.example/keys | gpg --dearmor -o /k.gpg",
      ],
      ...["ADD https://git.example/a.git#v1 /src", "ENV NODE_TLS_REJECT_UNAUTHORIZED=1"],
    ],
  ],
  [
    "locked-dependencies",
    [
      ...[
        "RUN npm install",
        "RUN npm i express",
        "RUN yarn install",
        "RUN pip install flask gunicorn==20.0",
        "RUN gem install rails",
      ],
      ...[
        "RUN python3 -m pip install --no-cache-dir requests",
        "RUN go install x.example/tool@latest",
        "RUN cargo install ripgrep",
      ],
      ...["RUN npm install -g npm", "RUN pip install -U pip"],
    ],
    [
      ...[
        "RUN npm ci",
        "RUN npm install -g pnpm@10.2.0",
        "RUN pip install -r requirements.txt",
        "RUN pip install flask==3.0.0",
      ],
      ...[
        "RUN pip install .",
        "RUN pip install ./dist/app.whl",
        "RUN gem install rails -v 8.0.0",
        "RUN yarn install --immutable",
      ],
      ...[
        "RUN go install x.example/tool@v1.2.3",
        "RUN cargo install --locked ripgrep",
        "RUN pip install $PACKAGE",
        "RUN npm run build",
      ],
      ...["RUN echo npm install", "RUN pip download x"],
    ],
  ],
  [
    "fresh-packages",
    [
      "RUN apt-get update",
      "RUN apt-get update && apt-get dist-upgrade -y",
      "RUN apk update",
      "RUN sudo apt-get update",
    ],
    [
      "RUN apt-get update && apt-get install -y curl",
      "RUN apk add --update curl",
      "RUN apk update && apk add curl",
    ],
  ],
  [
    "confined-build",
    ["RUN --security=insecure mount -t proc p /proc", "RUN --network=host curl localhost"],
    ["RUN --network=none true", "RUN --security=sandbox true"],
  ],
  [
    "known-stages",
    ["COPY --from=1 /a /b", "COPY --from=0 /a /b", "COPY --from=later /a /b\nFROM x AS later\nUSER 1"],
    ["COPY --from=nginx:1.29 /a /b"],
  ],
  [
    "needed-copies",
    [
      "COPY . .",
      "ADD . /app",
      "COPY --from=build /usr/local/bin /usr/local/bin",
      "COPY --from=b /usr/local/lib/python3.11 /x",
    ],
    [
      "COPY src /app/src",
      "COPY --from=build /app/dist /app",
      "COPY --from=build /usr/local/bin/tool /usr/local/bin/",
    ],
  ],
  [
    "healthy",
    [
      "HEALTHCHECK CMD curl -f http://localhost/",
      "HEALTHCHECK NONE",
      'HEALTHCHECK CMD ["curl", "-f", "x"]',
      "HEALTHCHECK CMD /usr/bin/wget -q x",
    ],
    [
      "RUN apt-get install -y curl\nHEALTHCHECK CMD curl -f x",
      'HEALTHCHECK CMD ["/check"]',
      "HEALTHCHECK CMD test -f /ready",
    ],
  ],
  [
    "stops-on-signal",
    ["CMD server --port 80", "ENTRYPOINT server"],
    ['CMD ["server"]', "CMD exec server", "CMD []"],
  ],
  [
    "no-loose-permissions",
    [
      "RUN chmod 777 /data",
      "RUN chmod -R a+rw /data",
      "RUN chmod u+s /bin/x",
      "RUN chmod 4755 /bin/x",
      "COPY --chmod=666 a /a",
      "RUN chmod o=w,g+r x",
    ],
    [
      "RUN chmod 755 /x",
      "RUN chmod 1777 /tmp",
      "RUN chmod +x /e",
      "RUN chmod u+w,go-w /x",
      "COPY --chmod=0644 a /a",
      "RUN chmod g+w /x",
      "RUN chmod +t /x",
    ],
  ],
  [
    "no-sudo",
    ["RUN sudo apt-get install -y x", "RUN apt-get install -y sudo"],
    ["RUN echo sudo", "RUN apt-get install -y sudoku"],
  ],
  [
    "no-ssh",
    [
      "EXPOSE 22",
      "EXPOSE 80 22/tcp",
      "RUN apt-get install -y openssh-server",
      'CMD ["/usr/sbin/sshd", "-D"]',
    ],
    ["EXPOSE 2222", "RUN apt-get install -y openssh-client", "EXPOSE 22/udp"],
  ],
  [
    "no-system-volumes",
    ["VOLUME /etc", 'VOLUME ["/data", "/proc"]', "VOLUME /usr/local"],
    ["VOLUME /data", "VOLUME /var/lib/x", "VOLUME /usrdata"],
  ],
  [
    "no-development-dependencies",
    ["RUN npm ci", "RUN poetry install", "RUN uv sync"],
    [
      "RUN npm ci --omit=dev",
      "ENV NODE_ENV=production\nRUN npm ci",
      "RUN poetry install --only main",
      "RUN npm ci\nFROM x\nUSER 1\nRUN true",
    ],
  ],
  [
    "no-build-tools",
    [
      "RUN apt-get install -y build-essential",
      "RUN apk add --no-cache libpq-dev",
      "RUN apt-get install -y git nmap",
    ],
    [
      "RUN apt-get install -y libpq5",
      "RUN apt-get install -y gcc && make && apt-get purge -y gcc",
      "RUN apk add --virtual .b gcc && apk del .b",
      "RUN apt-get install -y gcc\nFROM x\nRUN true",
    ],
  ],
  [
    "no-leftovers",
    [
      "RUN apt-get update && apt-get install -y curl",
      "RUN apk add curl",
      "RUN pip install flask",
      "RUN dnf install -y x",
      "RUN npm ci --omit=dev",
      "RUN yarn install --frozen-lockfile",
    ],
    [
      "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
      "RUN apk add --no-cache curl",
      "RUN --mount=type=cache,target=/var/lib/apt apt-get install -y x",
      "RUN pip install --no-cache-dir flask",
      "RUN dnf install -y x && dnf clean all",
      "RUN npm ci --omit=dev && npm cache clean --force",
      "RUN --mount=type=cache,target=/root/.npm npm ci",
      "RUN npm run build",
      "RUN yarn install --frozen-lockfile && yarn cache clean",
    ],
  ],
  [
    "unattended-install",
    [
      "RUN apt-get install curl",
      "RUN apt-get install -y curl",
      "RUN apt install -y curl",
      "RUN yum install x",
    ],
    [
      "RUN apt-get install -y --no-install-recommends curl",
      "RUN apt-get -qq install --no-install-recommends x",
      "RUN dnf install -y x",
      "RUN npm install",
    ],
  ],
  [
    "add-only-archives",
    ["ADD app.py /app/", "ADD src /src"],
    ["ADD a.tar.gz /a", "ADD https://x.example/a /a", "ADD x.tgz /", "COPY a /a"],
  ],
  [
    "declared-variables",
    ["COPY $VERISON /x\nUSER 1", "ENV A=/a B=$A/b", "FROM debian:$NOWHERE"],
    [
      ...["ENV PATH=/x:$PATH", "COPY ${X:-a} /x", "RUN echo $ANY", "ENV A=/a\nENV B=$A/b"],
      ...[
        "FROM --platform=$BUILDPLATFORM debian:1",
        "FROM debian:${NOWHERE:-trixie}",
        "ENV PATH=/x:$PATH HOME=/x",
      ],
    ],
  ],
  [
    "own-workdir",
    ["WORKDIR /usr/bin", "WORKDIR /etc", "WORKDIR /lib/app", "WORKDIR /proc/self"],
    [
      "WORKDIR /app",
      "WORKDIR /usr/src/app",
      "WORKDIR /usr/local/app",
      "WORKDIR /etc/nginx",
      "WORKDIR /",
      "WORKDIR $HOME",
    ],
  ],
  [
    "absolute-workdir",
    ["WORKDIR app", "COPY a b/", "RUN cd /x"],
    ["WORKDIR /app\nWORKDIR sub\nCOPY a b/", "COPY a /b/", "RUN cd /x && make", "WORKDIR $HOME"],
  ],
  [
    "valid-ports",
    ["EXPOSE 70000", "EXPOSE 80:8000", "EXPOSE http", "EXPOSE 80/icmp"],
    ["EXPOSE 80 53/udp", "EXPOSE 8000-8010", "EXPOSE $PORT", "ARG P=80\nEXPOSE $P"],
  ],
  [
    "one-of-each",
    ['CMD ["a"]\nCMD ["b"]', "HEALTHCHECK NONE\nHEALTHCHECK NONE"],
    ['ENTRYPOINT ["a"]\nCMD ["b"]', 'CMD ["a"]\nFROM x\nCMD ["b"]'],
  ],
  [
    "pipefail",
    ["RUN curl -f https://x.example/a | tar x"],
    [
      "RUN set -o pipefail && curl x | tar x",
      'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl x | tar x',
      "RUN ls | wc -l",
    ],
  ],
  [
    "current-syntax",
    ["MAINTAINER me", "ENV A b c"],
    ["ENV A=b", "LABEL a=b", 'LABEL "a b"="c d"', "ONBUILD RUN x"],
  ],
];

describe.each(CASES)("%s", (rule, bad, good) => {
  const alone = rule === "declared-variables" ? "FROM debian:trixie-slim\nARG VERSION=1" : B;
  test.each(bad)("finds %s", (line) => {
    expect(wrong(rule, `${alone}\n${line}`)).toEqual([alone === B ? 2 : 3]);
  });
  test.each(good)("leaves %s", (line) => expect(wrong(rule, `${alone}\n${line}`)).toEqual([]));
});

describe("non-root: who the image runs as in the end", () => {
  test.each([
    ["0", 2],
    ["0:0", 2],
    ["root", 2],
    ["root:root", 2],
    ["00", 2],
    ["10001:0", 2],
    ["10001", undefined],
    ["app", undefined],
    ["${ID:-0}", 2],
    ["${ID:-10001}", undefined],
  ])("USER %s", (user, line) => {
    expect(wrong("non-root", `${B}\nUSER ${user}`)).toEqual(line === undefined ? [] : [line]);
  });

  test.each([
    ["a stage for building has a user, the last has none", "FROM node:24 AS b\nUSER node\nFROM node:24", 3],
    ["none at all, on an official image", "FROM node:24", 1],
    ["an argument's value", "FROM alpine\nARG ID=0\nUSER $ID", 3],
    ["root again at the end", "FROM alpine\nUSER app\nUSER root", 3],
    ["inherited from the stage below", "FROM alpine AS a\nUSER root\nFROM a\nRUN true", 2],
  ])("%s", (_, text, line) => expect(wrong("non-root", text)).toEqual([line]));

  test.each([
    ["inherited", "FROM alpine AS a\nUSER 1\nFROM a\nRUN true"],
    ["by the base image's name", "FROM gcr.example/distroless/static:nonroot"],
    ["root only while building", "FROM alpine AS a\nUSER root\nFROM alpine\nUSER 1"],
  ])("%s: held", (_, text) => expect(verdict("non-root", text)).toBe("held"));

  test.each([
    ["an image whose name does not tell", "FROM registry.example/team/base:1"],
    ["an argument without a value", "FROM alpine\nARG ID\nUSER $ID"],
  ])("%s: not told from source, and no pass", (_, text) =>
    expect(verdict("non-root", text)).toBe("unproven"),
  );

  test("a Compose file that says it takes its place", () => {
    expect(verdict("non-root", B, { overridden: { user: true, healthCheck: true } })).toBe("absent");
    expect(verdict("healthy", B, { overridden: { user: true, healthCheck: true } })).toBe("absent");
  });
});

describe("what is built on", () => {
  test.each([
    ["FROM python", [1]],
    ["FROM python:latest", [1]],
    ["FROM python:3.14", [1]],
    ["FROM python:3.14@sha256:aa", []],
    ["FROM python@sha256:aa", []],
    ["FROM scratch", []],
    ["FROM a@sha256:aa AS x\nFROM x", []],
    ["FROM a:1 AS x\nFROM b:1", [1, 2]],
    ["FROM registry.example:5000/a", [1]],
    ["FROM a@sha256:aa AS x\nCOPY --from=x /a /a\nCOPY --from=0 /a /a\nCOPY --from=$X /a /a", []],
    ["FROM a@sha256:aa\nCOPY --from=b:1 /a /a\nCOPY --from=b:1@sha256:bb /a /a", [2]],
    ["FROM a@sha256:aa\nRUN --mount=type=bind,from=b:1,target=/b make", [2]],
  ])("%s: pinned", (text, lines) => expect(wrong("pinned", text)).toEqual(lines));

  test.each([
    ["FROM python:3.8-slim", true],
    ["FROM python:3.14", false],
    ["FROM node:18", true],
    ["FROM node:24-slim", false],
    ["FROM debian:buster", true],
    ["FROM alpine:3.19", true],
    ["FROM alpine:3.190", false],
    ["FROM team.example/python:2.7", false],
  ])("%s: maintained", (text, isOver) => expect(wrong("supported-base", text)).toEqual(isOver ? [1] : []));

  test.each([
    ["FROM a AS x\nFROM b AS x", [2]],
    ["FROM a AS scratch", [1]],
    ["ARG A\nFROM $A", [2]],
    ["FROM a AS x\nFROM b\nCOPY --from=x /a /a", []],
    ["FROM a AS x\nCOPY --from=X /a /a", [2]],
  ])("%j: stages", (text, lines) => expect(wrong("known-stages", text)).toEqual(lines));
});

describe("the build context", () => {
  const context = { files: ["src/a.js", "package.json", ".git/"], ignored: ["secret.txt", "docs/a.md"] };

  test.each([
    ["COPY package.json src /app/", []],
    ["COPY src/a.js /app/", []],
    ["COPY nothing.txt /app/", [2]],
    ["COPY secret.txt /app/", [2]],
    ["COPY docs /docs", [2]],
    ["COPY *.txt /app/", []],
    ["COPY --from=x nothing.txt /app/", []],
    ["COPY . /app/", []],
  ])("%s: there or not", (line, lines) => {
    expect(wrong("existing-copies", `${B}\n${line}`, { context })).toEqual(lines);
  });

  test("everything is copied: named is what nobody wants", () => {
    const [finding] = check(`${B}\nCOPY . /app/`, { context }).filter(
      ({ control }) => control === "needed-copies",
    );
    expect(finding?.hardened?.summary.en).toBe(". brings .git/");
    expect(
      wrong("needed-copies", `${B}\nCOPY . /app/`, { context: { files: ["a"], ignored: [".git/"] } }),
    ).toEqual([]);
  });
});

test("every rule is in the table or has tests of its own", () => {
  const own = ["non-root", "pinned", "supported-base", "existing-copies"];
  const tested = [...CASES.map(([rule]) => rule), ...own];
  expect(DOCKERFILE_RULES.map(({ id }) => id).toSorted()).toEqual(tested.toSorted());
});

test("two of a kind have ids of their own", () => {
  const ids = check(`${B}\nEXPOSE 0\nEXPOSE 0`)
    .filter(({ control }) => control === "valid-ports")
    .map(({ id }) => id);
  expect(ids).toEqual(["valid-ports.dockerfile/app", "valid-ports.dockerfile/app#2"]);
});

test("a value that is secret is never in a finding", () => {
  const text = `${B}\nENV DB_PASSWORD=correct-horse-battery\nRUN curl https://me:correct-horse-battery@x.example`;
  expect(JSON.stringify(check(text))).not.toContain("correct-horse");
});
