/** Root file systems from the machine's own Debian mirror: one minimal system, and packages unpacked into copies of it. */
import { execFile, spawnSync } from "node:child_process";
import { access, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** The official slim images leave these out too, so that sizes can be compared. */
const LEFT_OUT = ["doc", "info", "locale", "man"].map((name) => `/usr/share/${name}`);
export interface Account {
  readonly name: string;
  readonly id: number;
  readonly home: string;
}

/** Whether the command, which must change nothing, works: `docker buildx version`. */
export function hasProgram(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** Runs a program and gives its standard output; throws with its error output. */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { stdout } = await exec(program, args, { maxBuffer: 64 * 1024 * 1024, ...options });
  return stdout;
}

/** Gives `file`, made on the first call: in a folder that is thrown away, so that it appears whole or not at all. */
export async function cached(file: string, make: (scratch: string) => Promise<string>): Promise<string> {
  if (await exists(file)) return file;
  await mkdir(join(file, ".."), { recursive: true });
  const scratch = await mkdtemp(`${file}.`);
  try {
    await rename(await make(scratch), file);
    return file;
  } catch (error) {
    // Somebody beside us was quicker, and a folder that is there is not replaced.
    if (await exists(file)) return file;
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The tar of a minimal Debian bookworm with certificates: what `debian:bookworm-slim` is. */
async function slimTar(cacheDir: string): Promise<string> {
  return await cached(join(cacheDir, "slim.tar"), async (scratch) => {
    const tar = join(scratch, "slim.tar");
    const without = LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}/*`);
    await run("mmdebstrap", [
      ...["--quiet", "--variant=minbase", "--include=ca-certificates,usr-is-merged", ...without],
      // Else a package that merges /usr comes in, and all of Perl with it.
      ...["--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr", "bookworm", tar],
    ]);
    return tar;
  });
}

/** Unpacks the minimal system, ready for packages on top. */
export async function unpackSlim(cacheDir: string, root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await run("tar", ["--extract", "--directory", root, "--file", await slimTar(cacheDir)]);
}

/** What the minimal system has already, as dpkg wrote it down. */
async function slimStatus(cacheDir: string): Promise<string> {
  return await cached(join(cacheDir, "slim.status"), async (scratch) => {
    const status = "./var/lib/dpkg/status";
    await run("tar", ["--extract", "--directory", scratch, "--file", await slimTar(cacheDir), status]);
    return join(scratch, status);
  });
}

/**
 * Downloads packages with what they depend on, through apt, which verifies them. None is installed.
 * @param suite `bookworm`: what the minimal system lacks; `trixie`: everything
 * @returns the paths of the .deb files
 */
export async function downloadPackages(
  suite: "bookworm" | "trixie",
  names: readonly string[],
  { cacheDir, archives }: { readonly cacheDir: string; readonly archives: string },
): Promise<readonly string[]> {
  await mkdir(join(archives, "partial"), { recursive: true });
  const settings = [
    `Dir::Cache::archives=${archives}`,
    `Dir::State::status=${suite === "bookworm" ? await slimStatus(cacheDir) : "/dev/null"}`,
    // Nothing is shared but the lists, which are only read: no lock beside a status file that is not the system's.
    "Debug::NoLocking=1",
    "APT::Sandbox::User=root",
    ...(suite === "trixie" ? await trixieSettings(cacheDir) : []),
  ].flatMap((setting) => ["-o", setting]);
  await run("apt-get", [
    ...["-qq", "--yes", "--no-install-recommends", "--download-only", ...settings],
    ...["install", ...names],
  ]);
  const list = await run("find", [archives, "-name", "*.deb"]);
  return list.trim().split("\n").toSorted();
}

/** The lists of a suite that the machine itself does not use, from the mirror that it does use. */
async function trixieSettings(cacheDir: string): Promise<readonly string[]> {
  const settings = (directory: string): readonly string[] => [
    `Dir::Etc::SourceList=${join(directory, "sources.list")}`,
    "Dir::Etc::SourceParts=-",
    `Dir::State::Lists=${join(directory, "lists")}`,
    "Dir::Cache::pkgcache=",
    "Dir::Cache::srcpkgcache=",
    "APT::Sandbox::User=root",
  ];
  const kept = await cached(join(cacheDir, "trixie"), async (scratch) => {
    const directory = join(scratch, "trixie");
    await mkdir(join(directory, "lists/partial"), { recursive: true });
    const mirror = await ownMirror();
    const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    await writeFile(join(directory, "sources.list"), `deb [signed-by=${keyring}] ${mirror} trixie main\n`);
    await run("apt-get", ["-qq", ...settings(directory).flatMap((setting) => ["-o", setting]), "update"]);
    return directory;
  });
  return settings(kept);
}

async function ownMirror(): Promise<string> {
  const targets = await run("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]);
  const mirror = targets.split("\n").find((uri) => /\/debian\/?$/.test(uri));
  if (mirror === undefined)
    throw new Error(`expected apt's sources to name a Debian mirror, found:\n${targets}`);
  return mirror;
}

/** Unpacks packages without their scripts; links such as `/lib` stay links. `base-files` first: it has those links. */
export async function unpackPackages(debs: readonly string[], root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const first = debs.filter((deb) => deb.includes("/base-files_"));
  const script =
    'set -e -o pipefail; root=$1; shift; for deb; do dpkg-deb --fsys-tarfile "$deb" | tar --extract --directory "$root" ' +
    `--keep-directory-symlink ${LEFT_OUT.map((path) => `--exclude=.${path}/*`).join(" ")}; done`;
  const rest = debs.filter((deb) => !first.includes(deb));
  await run("bash", ["-c", script, "unpack", root, ...first, ...rest]);
}

/** What the maintainer script of base-passwd does, where nothing was installed. */
export async function addMasterAccounts(root: string): Promise<void> {
  for (const file of ["passwd", "group"]) {
    await cp(join(root, `usr/share/base-passwd/${file}.master`), join(root, "etc", file));
  }
}

export async function addAccount(root: string, { name, id, home }: Account): Promise<void> {
  const append = async (file: string, line: string): Promise<void> => {
    const path = join(root, "etc", file);
    await writeFile(path, `${await readFile(path, "utf8")}${line}\n`);
  };
  await append("passwd", `${name}:x:${id}:${id}::${home}:/usr/sbin/nologin`);
  await append("group", `${name}:x:${id}:`);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
