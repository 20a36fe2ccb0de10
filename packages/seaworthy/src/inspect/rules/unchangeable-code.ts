/** Code that the service may change is where an intruder stays after the process has ended. */
import { posix } from "node:path";
import type { Step } from "@seaworthy/evidence";
import type { User } from "../../engine/container.ts";
import { ancestorsOf } from "../../rootfs/path.ts";
import { wordsOf } from "../called-programs.ts";
import { realPathIn } from "../real-path.ts";
import type { InspectedEntry, InspectedImage, Rule, RuleResult } from "../rule.ts";

export const unchangeableCode: Rule = {
  id: "unchangeable-code",
  claim: {
    en: "No program or library of the image can be changed by the user that the service runs as",
    ru: "Пользователь, от имени которого работает служба, не может изменить программы и библиотеки образа",
  },
  fix: {
    en: "Leave the code to root: COPY without --chown, chmod o-w, and a volume for what the service writes",
    ru: "Оставьте код пользователю root: COPY без --chown, chmod o-w и том для того, что служба записывает",
  },
  key: "image",
  about: {
    severity: "medium",
    why: {
      en: "An intruder has the service's rights, and one who may write its code is back after every restart of the container. A read-only root file system forbids the same, as long as nobody takes it off.",
      ru: "Взломавший службу получает её права, и если служба может менять свой код, он вернётся после каждого перезапуска контейнера. Корень только для чтения запрещает то же самое, пока его никто не отключил.",
    },
    docker: "in the image: COPY without --chown",
    kubernetes: "in the image: COPY without --chown",
    references: ["OWASP-Docker-Security@2026-11:8", "NIST-SP-800-190@2017-09:4.4.4"],
  },
  check: judgeCode,
};

/** What everybody may write to by design, or is not the image's once a container runs. */
const PLACES = ["/tmp", "/var/tmp", "/run", "/var/run", "/dev", "/proc", "/sys"];

function judgeCode(image: InspectedImage): RuleResult {
  const { mounts, user } = image.runs;
  const real = followed(image);
  const places = [...PLACES, ...mounts, ...image.image.config.volumes];
  const isElsewhere = within([...places, ...places.flatMap(real)]);
  const own = image.entries.filter(({ path, kind }) => kind !== "symlink" && !isElsewhere(`/${path}`));
  const open = own.filter((entry) => (entry.mode & 0o002) !== 0 && !isSticky(entry));
  const looked = { did: `looked at ${own.length} paths`, saw: `${open.length} that everybody may write` };
  // Of whose the code is says nothing of root, whom no mode keeps out.
  if (user.uid === 0) return open.length === 0 ? asRoot(looked) : breached(open, [looked]);
  const code = codeIn(image, own, real);
  const known = new Set(open);
  const changeable = code.filter((entry) => !known.has(entry) && mayWrite(entry, user));
  const judged = {
    did: `looked at ${code.length} paths of code`,
    saw: `${changeable.length} that uid ${user.uid} may write`,
  };
  if (open.length + changeable.length > 0) return breached([...changeable, ...open], [looked, judged]);
  return {
    verdict: "held",
    summary: {
      en: `none of ${own.length} paths, ${code.length} of them code`,
      ru: `ничего из путей: ${own.length}, из них код: ${code.length}`,
    },
    steps: [looked, judged],
  };
}

function asRoot(looked: Step): RuleResult {
  return {
    verdict: "absent",
    summary: {
      en: "the service runs as root, whom no file's mode keeps out",
      ru: "служба работает от root, которого права файлов не ограничивают",
    },
    steps: [looked],
  };
}

function breached(found: readonly InspectedEntry[], steps: readonly Step[]): RuleResult {
  const [first] = found;
  const where = first === undefined ? "" : `/${first.path} (${rightsOf(first)})`;
  return {
    verdict: "breached",
    summary: {
      en: `${found.length} can be changed, the first is ${where}`,
      ru: `можно изменить: ${found.length}, первый — ${where}`,
    },
    steps: [
      ...steps,
      ...found.slice(0, 20).map((entry) => ({ did: `/${entry.path}`, saw: rightsOf(entry) })),
    ],
  };
}

/** Where a path really is, absolute; nothing for the root, of which no rule speaks as a whole, and for what cannot be told. */
function followed({ entries }: InspectedImage): (path: string) => readonly string[] {
  const realPath = realPathIn(entries);
  return (path) => {
    const found = realPath(path);
    return found === undefined || found === "" ? [] : [`/${found}`];
  };
}

/** Files of the code path, and every folder above them: who may write to a folder may put another file in its place. */
function codeIn(
  { runs }: InspectedImage,
  own: readonly InspectedEntry[],
  real: (path: string) => readonly string[],
): readonly InspectedEntry[] {
  const folders = runs.path.split(":").filter((folder) => folder.startsWith("/"));
  const isInFolder = within([runs.workingDirectory, ...folders].flatMap(real));
  const named = wordsOf(runs.argv).filter((word) => word !== "" && !word.startsWith("-"));
  const scripts = named.map((word) => posix.resolve(runs.workingDirectory, word));
  const programs = folders.map((folder) => posix.join(folder, runs.argv[0] ?? ""));
  const started = new Set([...scripts, ...programs].flatMap(real));
  const files = own.filter(
    ({ path, kind }) =>
      kind === "file" &&
      (isInFolder(`/${path}`) || started.has(`/${path}`) || /(?:^|\/)node_modules\//.test(path)),
  );
  const above = new Set(files.flatMap(({ path }) => ancestorsOf(path)));
  return [...files, ...own.filter(({ path, kind }) => kind === "directory" && above.has(path))];
}

/** As the kernel decides: by the owner's bits, else by the group's; everybody's are asked for elsewhere. */
function mayWrite(entry: InspectedEntry, user: User): boolean {
  const { uid, gid, mode } = entry;
  // In a sticky folder nobody replaces what is another's, but for its owner.
  if (uid === user.uid) return (mode & 0o200) !== 0;
  return !isSticky(entry) && [user.gid, ...user.groups].includes(gid) && (mode & 0o020) !== 0;
}

function isSticky({ kind, mode }: InspectedEntry): boolean {
  return kind === "directory" && (mode & 0o1000) !== 0;
}

function rightsOf({ uid, gid, mode }: InspectedEntry): string {
  return `${uid}:${gid}, mode ${mode.toString(8).padStart(4, "0")}`;
}

/** @param folders absolute */
function within(folders: readonly string[]): (path: string) => boolean {
  const tops = new Set(folders.map((folder) => posix.resolve("/", folder)));
  return (path) => tops.has(path) || ancestorsOf(path.slice(1)).some((above) => tops.has(`/${above}`));
}
