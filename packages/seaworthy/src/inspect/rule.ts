/** A rule: a static check of an image for what cannot be attacked. */
import type { Step, Text } from "@seaworthy/evidence";
import type { User } from "../engine/container.ts";
import type { Image } from "../oci/image.ts";
import type { About } from "../posture/about.ts";

/** One path of the image, as its layers' listings say. */
export interface InspectedEntry {
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly size: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a symlink. */
  readonly target?: string;
  /** Of a file that has some: the kernel's own form, in hexadecimal. */
  readonly capabilities?: string;
  /** Where it came from: `libc6 2.41-12`. */
  readonly origin: string;
}

export interface InspectedFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** Whether anybody can download it, as part of a Debian package: test keys of a TLS library are no secret. */
  readonly isPublished: boolean;
}

export interface InspectedImage {
  readonly service: string;
  readonly image: Image;
  /** What the image is for: rules about shells speak of the app's image only. */
  readonly role: "app" | "backing";
  readonly entries: readonly InspectedEntry[];
  /** Every regular file with its bytes, layer by layer, those too that a later layer hides. */
  files(): AsyncIterable<InspectedFile>;
  /** What a container sees in these regular files. One that cannot be told, as of a hard link, is left out. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Paths under `node_modules` that the lock file marks as needed in development only. */
  readonly developmentOnly: readonly string[];
  /** Values that must not be in an image, by name. Never printed. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** In bytes, unpacked; `undefined` when no budget was set. */
  readonly budget: number | undefined;
  /** What the service runs, the Compose file's own words included. */
  readonly runs: {
    readonly argv: readonly string[];
    /** Exec form; empty when there is none. */
    readonly healthCheck: readonly string[];
    /** Absolute. */
    readonly workingDirectory: string;
    /** Where programs without a slash are looked up. */
    readonly path: string;
    /** Paths that something is mounted at: what lies there is not the image's. */
    readonly mounts: readonly string[];
    readonly user: User;
  };
  /** How every byte of the image is pinned, or `undefined` when something in it is not. */
  readonly pinnedBy: string | undefined;
}

export interface RuleResult {
  readonly verdict: "held" | "breached" | "absent" | "unproven";
  readonly summary: Text;
  /** What was looked at and what was seen; at least one, or the rule has seen nothing. */
  readonly steps: readonly Step[];
}

export interface Rule {
  readonly id: string;
  readonly claim: Text;
  readonly fix: Text;
  /** The Compose key whose line a finding points at. */
  readonly key: "image" | "build";
  readonly about: About;
  check(image: InspectedImage): RuleResult | Promise<RuleResult>;
}

/** The usual shape of a rule: paths that must not be there. */
export function forbidPaths(
  image: InspectedImage,
  what: Text,
  isForbidden: (entry: InspectedEntry) => boolean,
  saw: (entry: InspectedEntry) => string = ({ origin }) => `from ${origin}`,
): RuleResult {
  const found = image.entries.filter(isForbidden);
  if (found.length === 0) {
    return {
      verdict: "held",
      summary: { en: `no ${what.en} in the image`, ru: `в образе нет: ${what.ru}` },
      steps: [{ did: `looked at ${image.entries.length} paths`, saw: "none" }],
    };
  }
  return {
    verdict: "breached",
    summary: {
      en: `${found.length} found, the first is /${found[0]?.path}`,
      ru: `найдено: ${found.length}, первый — /${found[0]?.path}`,
    },
    steps: found.slice(0, 20).map((entry) => ({ did: `/${entry.path}`, saw: saw(entry) })),
  };
}

/** The answer of rules that ask nothing of a backing service's image, which is often a program with scripts around it. */
export function ofBacking({ role, service }: InspectedImage): RuleResult | undefined {
  if (role === "app") return undefined;
  return {
    verdict: "absent",
    summary: { en: "asked of the app's image only", ru: "требуется только от образа приложения" },
    steps: [{ did: `looked at the role of ${service}`, saw: "backing service" }],
  };
}

/** The file's name when it stands in a directory that programs are looked up in. */
export function programName(entry: InspectedEntry): string | undefined {
  if (entry.kind === "directory") return undefined;
  const [, name] = /^(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/.exec(entry.path) ?? [];
  return name;
}
