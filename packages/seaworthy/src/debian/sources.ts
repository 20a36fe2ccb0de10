/** Finds the Debian mirror the user already chose, so that none is chosen for them: an option, the environment, or apt's own sources. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import { parseControl, words } from "./control.ts";

/** Absolute URLs without a trailing slash, each the parent of a `dists` and a `pool` folder. */
export interface Mirrors {
  readonly main: string;
  readonly security: string;
}

export interface MirrorChoice {
  /** What `--mirror` gave. */
  readonly mirror?: string | undefined;
  /** Read for `SEAWORTHY_DEBIAN_MIRROR` and `SEAWORTHY_DEBIAN_SECURITY_MIRROR`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where apt keeps `sources.list` and `sources.list.d`; `/etc/apt` unless said otherwise. */
  readonly aptDirectory?: string;
}

/** One enabled binary source, in the order apt reads them. */
interface Source {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string;
}

/** Debian's own names; a third party's `nodistro` or `bookworm-pgdg` is none of them. */
const RELEASE =
  "(?:(?:old)*stable|testing|unstable|sid|experimental|buster|bullseye|bookworm|trixie|forky|duke)";
const MAIN_SUITE = new RegExp(`^${RELEASE}(?:-updates|-backports|-proposed-updates)?/?$`);
const SECURITY_SUITE = new RegExp(`^${RELEASE}(?:-security|/updates)/?$`);

const HINT =
  "Give one with --mirror URL or SEAWORTHY_DEBIAN_MIRROR=URL, such as http://mirror.example/debian, and the security " +
  "archive with SEAWORTHY_DEBIAN_SECURITY_MIRROR=URL.";

/**
 * @throws Fault `debian/no-mirror` when nothing names a mirror, `debian/mirror-url` for one that is no http(s) URL
 */
export async function findMirrors(choice: MirrorChoice): Promise<Mirrors> {
  const chosenMain = choice.mirror ?? choice.env["SEAWORTHY_DEBIAN_MIRROR"];
  const chosenSecurity = choice.env["SEAWORTHY_DEBIAN_SECURITY_MIRROR"];
  const sources = chosenMain === undefined ? await readSources(choice.aptDirectory ?? "/etc/apt") : [];
  const main = chosenMain ?? best(sources, MAIN_SUITE, "debian");
  if (main === undefined) {
    throw new Fault({
      code: "debian/no-mirror",
      message: "expected a Debian mirror among apt's sources of this machine, found none",
      hint: HINT,
    });
  }
  const security = chosenSecurity ?? best(sources, SECURITY_SUITE, "debian-security") ?? siblingOf(main);
  if (security === undefined) {
    throw new Fault({
      code: "debian/no-mirror",
      message: `expected to know where the security archive that belongs to ${main} is, found no mirror for it`,
      hint: HINT,
    });
  }
  return { main: checkUrl(main), security: checkUrl(security) };
}

/** Mirrors keep the security archive in a folder beside the main one. */
function siblingOf(main: string): string | undefined {
  return /\/debian\/*$/.test(main) ? main.replace(/\/debian\/*$/, "/debian-security") : undefined;
}

function checkUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) {
    return url.href.replace(/\/+$/, "");
  }
  throw new Fault({
    code: "debian/mirror-url",
    message: `expected the mirror to be an http or https URL, found "${text}"`,
    hint: HINT,
  });
}

/** A third party may also serve a `bookworm main`; what apt checks with Debian's keyring or calls `debian` comes first. */
function best(sources: readonly Source[], suite: RegExp, folder: string): string | undefined {
  const score = (source: Source): number =>
    (source.signedBy.includes("debian-archive") ? 2 : 0) +
    (source.uri.replace(/\/+$/, "").endsWith(`/${folder}`) ? 1 : 0);
  return sources
    .filter((source) => /^https?:\/\//.test(source.uri))
    .filter((source) => source.components.includes("main") && source.suites.some((name) => suite.test(name)))
    .toSorted((a, b) => score(b) - score(a))[0]?.uri;
}

async function readSources(directory: string): Promise<readonly Source[]> {
  const parts = join(directory, "sources.list.d");
  const files = [join(directory, "sources.list")];
  for (const name of (await unlessMissing(readdir(parts), [])).toSorted()) files.push(join(parts, name));
  const sources: Source[] = [];
  for (const file of files) {
    if (file.endsWith(".list")) sources.push(...parseList(await unlessMissing(readFile(file, "utf8"), "")));
    if (file.endsWith(".sources")) sources.push(...parseStanzas(await readFile(file, "utf8"), file));
  }
  return sources;
}

async function unlessMissing<T>(value: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await value;
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}

/** `deb [option=value] URI suite component...`, one a line (sources.list(5)). */
function parseList(text: string): readonly Source[] {
  return text.split("\n").flatMap((line) => {
    const [, options = "", uri, suite, components] =
      /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line) ?? [];
    if (uri === undefined || suite === undefined) return [];
    const signedBy = /signed-by=(\S+)/.exec(options)?.[1] ?? "";
    return [{ uri, suites: [suite], components: words(components), signedBy }];
  });
}

function parseStanzas(text: string, file: string): readonly Source[] {
  return parseControl(text, file)
    .filter((stanza) => words(stanza.get("types")).includes("deb") && !isOff(stanza.get("enabled")))
    .flatMap((stanza) =>
      words(stanza.get("uris")).map((uri) => ({
        uri,
        suites: words(stanza.get("suites")),
        components: words(stanza.get("components")),
        signedBy: stanza.get("signed-by") ?? "",
      })),
    );
}

function isOff(enabled: string | undefined): boolean {
  return /^(no|false|off|0|without|disable)$/i.test(enabled ?? "");
}
