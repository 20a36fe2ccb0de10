/** What is known of an image by its name alone: who it runs as, what it lacks, and until when it is maintained. */

export interface BaseName {
  /** Without registry and organisation: `python`. */
  readonly name: string;
  /** The whole name without tag and digest: `registry.example/team/python`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** @see {@link https://github.com/distribution/reference/blob/main/reference.go} */
export function baseName(reference: string): BaseName {
  const [named = "", digest] = reference.split("@");
  const slash = named.lastIndexOf("/");
  const colon = named.indexOf(":", slash + 1);
  const repository = colon === -1 ? named : named.slice(0, colon);
  return {
    name: repository.slice(repository.lastIndexOf("/") + 1),
    repository,
    tag: colon === -1 ? undefined : named.slice(colon + 1),
    digest,
  };
}

/** Official images that declare no user: their processes begin as root. */
const BEGIN_AS_ROOT = new Set(
  (
    "alpine amazonlinux amazoncorretto archlinux bash buildpack-deps busybox caddy centos clojure composer debian docker " +
    "eclipse-temurin elixir erlang fedora gcc golang gradle haproxy haskell httpd ibmjava julia mariadb maven memcached " +
    "mongo mysql nginx node openjdk oraclelinux perl php postgres pypy python r-base rabbitmq redis rockylinux ruby " +
    "rust swift tomcat traefik ubuntu valkey"
  ).split(" "),
);
/** `undefined` when the name does not tell. */
export function beginsAsRoot(reference: string): boolean | undefined {
  const { name, repository, tag = "latest" } = baseName(reference);
  if (reference === "scratch") return true;
  if (/(?:^|-)nonroot(?:-|$)|(?:^|-)rootless(?:-|$)|unprivileged/.test(`${name}-${tag}`)) return false;
  if (/(?:^|\/)distroless\//.test(repository)) return true;
  return isOfficial(repository) && BEGIN_AS_ROOT.has(name) ? true : undefined;
}

/** Images of languages without a suffix bring curl and wget; slim ones and those of distributions do not. */
const WITH_FETCHERS = /^(?:buildpack-deps|gcc|golang|node|openjdk|perl|php|pypy|python|ruby|rust|swift)$/;
const BARE = /^(?:debian|ubuntu|mariadb|memcached|mysql|postgres|redis|valkey|httpd)$/;

/**
 * Whether an image has a program that health checks call: a shell, `curl` or `wget`.
 * @returns `undefined` when the name does not tell
 */
export function hasProgram(reference: string, program: string): boolean | undefined {
  const { name, repository, tag = "" } = baseName(reference);
  const isShell = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh$/.test(program);
  if (!isShell && program !== "curl" && program !== "wget") return undefined;
  if (reference === "scratch") return false;
  if (/(?:^|\/)distroless\//.test(repository)) return isShell && /(?:^|-)debug/.test(tag);
  if (!isOfficial(repository)) return undefined;
  if (name === "busybox" || name === "alpine" || /(?:^|-)alpine/.test(tag)) {
    if (program === "bash") return name === "bash";
    if (program !== "curl") return true;
    return name === "nginx" ? undefined : false;
  }
  if (name === "nginx") return program !== "wget";
  if (BARE.test(name)) return isShell;
  if (!WITH_FETCHERS.test(name)) return undefined;
  return isShell || !/(?:^|-)slim(?:-|$)/.test(tag);
}

function isOfficial(repository: string): boolean {
  return /^(?:docker\.io\/)?(?:library\/)?[^/]+$/.test(repository);
}

/** The last day of maintenance, by name and by how a tag begins. @see the release pages of each project */
const ENDS: readonly (readonly [name: RegExp, version: RegExp, ends: string])[] = [
  [/^python$/, /^2(?:\.|-|$)/, "2020-01-01"],
  [/^python$/, /^3\.[0-5](?:\.|-|$)/, "2020-09-30"],
  [/^python$/, /^3\.6(?:\.|-|$)/, "2021-12-23"],
  [/^python$/, /^3\.7(?:\.|-|$)/, "2023-06-27"],
  [/^python$/, /^3\.8(?:\.|-|$)/, "2024-10-07"],
  [/^python$/, /^3\.9(?:\.|-|$)/, "2025-10-31"],
  [/^python$/, /^3\.10(?:\.|-|$)/, "2026-10-31"],
  [/^python$/, /^3\.11(?:\.|-|$)/, "2027-10-31"],
  [/^node$/, /^(?:\d|1[0-35-7])(?:\.|-|$)/, "2023-06-01"],
  [/^node$/, /^14(?:\.|-|$)/, "2023-04-30"],
  [/^node$/, /^18(?:\.|-|$)/, "2025-04-30"],
  [/^node$/, /^(?:19|21|23)(?:\.|-|$)/, "2025-06-01"],
  [/^node$/, /^20(?:\.|-|$)/, "2026-04-30"],
  [/^node$/, /^22(?:\.|-|$)/, "2027-04-30"],
  [/^postgres$/, /^(?:9|10|11)(?:\.|-|$)/, "2023-11-09"],
  [/^postgres$/, /^12(?:\.|-|$)/, "2024-11-21"],
  [/^postgres$/, /^13(?:\.|-|$)/, "2025-11-13"],
  [/^postgres$/, /^14(?:\.|-|$)/, "2026-11-12"],
  [/^postgres$/, /^15(?:\.|-|$)/, "2027-11-11"],
  [/^debian$/, /^(?:7|8|9|wheezy|jessie|stretch)(?:\.|-|$)/, "2022-06-30"],
  [/^debian$/, /^(?:10|buster)(?:\.|-|$)/, "2024-06-30"],
  [/^debian$/, /^(?:11|bullseye)(?:\.|-|$)/, "2026-08-31"],
  [/^ubuntu$/, /^(?:14|16|18)\.04|^(?:trusty|xenial|bionic)(?:-|$)/, "2023-05-31"],
  [/^ubuntu$/, /^20\.04|^focal(?:-|$)/, "2025-05-31"],
  [/^centos$/, /^(?:5|6|7|8)(?:\.|-|$)|^(?:centos)?[5-8]$/, "2024-06-30"],
  [/^alpine$/, /^3\.(?:\d|1[0-8])(?:\.|-|$)/, "2025-05-09"],
  [/^alpine$/, /^3\.19(?:\.|-|$)/, "2025-11-01"],
  [/^alpine$/, /^3\.20(?:\.|-|$)/, "2026-04-01"],
  [/^alpine$/, /^3\.21(?:\.|-|$)/, "2026-11-01"],
  [/^openjdk$/, /./, "2022-07-31"],
  [/^golang$/, /^1\.(?:\d|1\d|2[0-4])(?:\.|-|$)/, "2026-02-28"],
  [/^php$/, /^(?:5|7)(?:\.|-|$)/, "2022-11-28"],
  [/^php$/, /^8\.0(?:\.|-|$)/, "2023-11-26"],
  [/^php$/, /^8\.1(?:\.|-|$)/, "2025-12-31"],
  [/^ruby$/, /^(?:1|2)(?:\.|-|$)/, "2023-03-31"],
  [/^ruby$/, /^3\.[01](?:\.|-|$)/, "2025-03-26"],
  [/^ruby$/, /^3\.2(?:\.|-|$)/, "2026-03-31"],
];

/** `undefined` when it is still maintained, or nothing is known of it. @returns the last day of maintenance */
export function endedOn(reference: string, today: string): string | undefined {
  const { repository, name, tag = "" } = baseName(reference);
  if (!isOfficial(repository)) return undefined;
  const ends = ENDS.find(([names, versions]) => names.test(name) && versions.test(tag))?.[2];
  return ends !== undefined && ends < today ? ends : undefined;
}
