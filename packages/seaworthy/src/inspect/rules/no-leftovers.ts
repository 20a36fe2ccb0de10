/** What was needed only to make the image stays in it for ever. */
import { forbidPaths, type InspectedEntry, ofBacking, type Rule } from "../rule.ts";

export const noLeftovers: Rule = {
  id: "no-leftovers",
  claim: {
    en: "The image has no leftovers: package lists and caches, version control, files of builders and editors",
    ru: "В образе нет остатков: списков и кэшей пакетов, контроля версий, файлов сборщиков и редакторов",
  },
  fix: {
    en: "Copy named files and folders (files in package.json, COPY, .dockerignore), and remove caches in the RUN that makes them",
    ru: "Копируйте названные файлы и папки (files в package.json, COPY, .dockerignore), а кэши удаляйте в том же RUN, который их создал",
  },
  key: "image",
  about: {
    severity: "low",
    why: {
      en: "A layer keeps what its step left, and a later step that removes it only hides it. Lists and caches are megabytes that every machine fetches, and a repository's history tells what its authors took back.",
      ru: "Слой хранит всё, что оставил его шаг, а удаление следующим шагом лишь скрывает это. Списки и кэши — мегабайты, которые скачивает каждая машина, а история репозитория рассказывает и то, что авторы из него убрали.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["NIST-SP-800-190@2017-09:4.1.2"],
  },
  async check(image) {
    const backing = ofBacking(image);
    if (backing !== undefined) return backing;
    const suspects = image.entries.filter(({ path }) => CORE.test(path)).map(({ path }) => path);
    const contents = suspects.length === 0 ? new Map<string, Uint8Array>() : await image.read(suspects);
    const dumps = new Set([...contents].filter(([, content]) => isCoreDump(content)).map(([path]) => path));
    return forbidPaths(
      image,
      { en: "leftover", ru: "остатки сборки" },
      (entry) => isLeftover(entry) || dumps.has(entry.path),
    );
  },
};

/** An empty folder, or a lock file that a package manager made, keeps nothing. */
function isLeftover({ path, kind, size }: InspectedEntry): boolean {
  if (kind !== "file" || size === 0) return false;
  return CACHES.test(path) || HISTORY.test(path) || (WORKSHOP.test(path) && !FOREIGN.test(path));
}

/** Browsers, models and package managers that programs fetch into a cache are what the service runs with. */
const CACHES = new RegExp(
  [
    String.raw`^var/lib/apt/lists/(?!lock$|partial/)`,
    String.raw`^var/cache/apt/(?:archives/.*\.deb|\w*pkgcache\.bin)$`,
    String.raw`^var/cache/(?:apk|dnf|yum|libdnf5?|zypp)/`,
    String.raw`^(?:root|home/[^/]+)/(?:\.npm/|\.cache/(?!ms-playwright|puppeteer|huggingface|torch|node/corepack))`,
    String.raw`^usr/local/share/\.cache/`,
  ].join("|"),
);

const HISTORY = /(?:^|\/)\.(?:git|svn|hg)(?:\/|$)/;

const WORKSHOP = new RegExp(
  [
    String.raw`(?:^|/)(?:(?:Docker|Container)file(?:\.(?!(?:[cm]?[jt]sx?|py|rb|go)$)[\w.-]+)?|[\w.-]+\.(?:Docker|Container)file)$`,
    String.raw`(?:^|/)(?:\.dockerignore|\.containerignore|(?:docker-)?compose(?:\.[\w-]+)*\.ya?ml)$`,
    String.raw`(?:^|/)\.(?:vscode|idea)/`,
    String.raw`(?:^|/)\.[^/]+\.sw[a-p]$`,
  ].join("|"),
);

/** What packages ship is their authors' doing. */
const FOREIGN =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages)\/|^usr\/(?:local\/)?(?:share|lib\w*|include)\//;

const CORE = /(?:^|\/)core(?:\.\d+)?$/;

/** An ELF file of type ET_CORE, in either byte order (elf(5)): `core` alone may be a program's name. */
function isCoreDump(content: Uint8Array): boolean {
  const header = Buffer.from(content.subarray(0, 18));
  if (header.length < 18 || header.toString("latin1", 0, 4) !== "\x7fELF") return false;
  return (header[5] === 2 ? header.readUInt16BE(16) : header.readUInt16LE(16)) === 4;
}
