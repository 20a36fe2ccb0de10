/** Dockerfiles of every syntax that the reference allows: written pieces, and what a seeded generator makes of them. */

const BASES = [
  "FROM alpine",
  "FROM alpine:3.22",
  "FROM alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "FROM registry.example:5000/team/base:1.2 AS base",
  "from debian:bookworm-slim as Base",
  "FROM --platform=$BUILDPLATFORM golang:1.25 AS build",
  "FROM --platform=linux/amd64 python:3.14-slim",
  "FROM scratch",
  "FROM    node:24-slim\tAS   web",
  "ARG VERSION=3.22\nFROM alpine:${VERSION}",
  'ARG REGISTRY="registry.example"\nARG TAG\nFROM ${REGISTRY}/base:${TAG:-latest} AS one',
  "# syntax=docker/dockerfile:1\nFROM busybox:1.37",
  "# escape=`\nFROM busybox",
  "#check=skip=JSONArgsRecommended;error=true\nFROM busybox",
  "\uFEFFFROM busybox",
  "\n\n  # a comment\n\nFROM busybox",
];

const LINES = [
  "RUN echo hello",
  'RUN ["/bin/sh", "-c", "echo hello"]',
  "RUN apt-get update && \\\n    apt-get install -y --no-install-recommends curl \\\n    && rm -rf /var/lib/apt/lists/*",
  "RUN apt-get update \\\n  # which lists\n  && apt-get install -y \\\n\n     curl",
  "RUN --mount=type=cache,target=/root/.cache --mount=type=secret,id=token,required pip install -r requirements.txt",
  "RUN --network=none --security=sandbox true",
  "RUN <<EOF\nset -e\necho one\nEOF",
  'RUN <<-"EOF"\n\techo $HOME\n\tEOF',
  "RUN <<'A' cat > /a && <<B cat > /b\none\nA\ntwo\nB",
  "RUN python3 <<EOF\nprint('FROM here')\nEOF",
  "RUN cat <<EOF > /etc/motd\nwelcome\nEOF",
  "RUN if [ -f /x ]; then echo yes; else echo no; fi",
  'RUN for f in a b; do echo "$f"; done',
  'RUN echo "a # b" # c',
  "RUN echo 'it''s'",
  "run   true",
  "RUN [ -d /x ] || mkdir /x",
  'CMD ["server", "--port", "8000"]',
  "CMD server --port 8000",
  "CMD []",
  'ENTRYPOINT ["/entry.sh"]',
  "ENTRYPOINT exec top -b",
  "COPY . .",
  "COPY --chown=10001:10001 --chmod=0644 a b /dest/",
  'COPY ["a file", "b file", "/dest/"]',
  "COPY --link --parents ./x/a.txt ./y/a.txt /parents/",
  "COPY --exclude=*.md --exclude=*.log . /app/",
  "COPY <<EOF /etc/app.conf\nkey = value\nEOF",
  "COPY <<one.txt <<two.txt /dest/\n1\none.txt\n2\ntwo.txt",
  "COPY --from=nginx:1.29 /etc/nginx/nginx.conf /nginx.conf",
  "ADD https://files.example/a.tar.gz /a/",
  "ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://files.example/a /a",
  "ADD --keep-git-dir=true https://git.example/a.git#v1 /src",
  "ADD git@git.example:a.git /src",
  "ENV A=1 B=\"two words\" C='three words' D=four\\ words",
  "ENV OLD the whole rest of the line",
  "ENV PATH=/app/bin:$PATH",
  "ENV MULTI=a \\\n    LINE=b",
  "ARG NAME",
  'ARG NAME=value OTHER="a b"',
  "ARG EMPTY=",
  'LABEL org.opencontainers.image.source="https://code.example/a" version=1',
  'LABEL "quoted key"="quoted value"',
  "MAINTAINER Somebody <somebody@example.com>",
  "EXPOSE 80/tcp 8000-8010 53/udp",
  "EXPOSE $PORT",
  "USER 10001:10001",
  "USER ${USER_ID:-1000}",
  'VOLUME ["/data", "/logs"]',
  "VOLUME /data /logs",
  "WORKDIR /app",
  "WORKDIR relative/${NAME}",
  "STOPSIGNAL SIGQUIT",
  'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
  "HEALTHCHECK NONE",
  'HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --start-interval=1s --retries=3 CMD ["check"]',
  "HEALTHCHECK CMD curl -f http://localhost/ || exit 1",
  "ONBUILD RUN make",
  "ONBUILD COPY . /src",
  "# a comment between",
  "",
  "\t  ",
];

const STAGES = [
  "FROM base",
  "FROM build AS second",
  "FROM alpine AS last",
  "FROM scratch\nCOPY --from=0 / /",
  "FROM base AS a-b_c.d",
];

/** What no builder takes. */
export const REFUSED: readonly string[] = [
  "# only a comment\n",
  "RUN true\nFROM scratch\n",
  "FROM scratch\nRUM true\n",
  "FROM scratch\nCOPY\n",
  "FROM scratch AS\n",
  "FROM scratch y z\n",
  "FROM scratch\nRUN <<EOF\ntrue\n",
  "# escape=x\nFROM scratch\n",
  "FROM scratch\nONBUILD ONBUILD RUN x\n",
  "FROM scratch\nONBUILD FROM x\n",
  "FROM scratch\nCOPY one\n",
  "FROM scratch\nENV A\n",
  "FROM scratch\nRUN --nothing=x true\n",
  "FROM scratch\nUSER\n",
];

/** Always the same files. */
export function dockerfileCorpus(): readonly string[] {
  let seed = 20_261_123;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const pick = (from: readonly string[]): string => from[next(from.length)] ?? "";
  const made = Array.from({ length: 160 }, () => {
    // With another escape character the continued lines would be mistakes.
    const parts = [
      pick(BASES.filter((base) => !base.includes("escape"))),
      ...Array.from({ length: 2 + next(12) }, () => pick(LINES)),
    ];
    for (let stage = next(3); stage > 0; stage -= 1) {
      parts.push(pick(STAGES), ...Array.from({ length: 1 + next(5) }, () => pick(LINES)));
    }
    return `${parts.join("\n")}${next(2) === 0 ? "\n" : ""}`.replaceAll("\n", next(4) === 0 ? "\r\n" : "\n");
  });
  return [...BASES, ...LINES.map((line) => `FROM alpine\n${line}\nRUN true\n`), ...made];
}
