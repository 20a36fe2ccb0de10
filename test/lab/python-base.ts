/** Makes a root like the official `python:3.11-slim`: Python and pip under /usr/local, and packages for pip to find. */
import { chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { downloadPackages, run, unpackPackages, unpackSlim } from "./debian-root.ts";

const PYTHON = ["python3.11", "python3-pip", "python3-setuptools", "python3-wheel"];
/** What `requirements.txt` of the example asks for; pip finds it here, as there may be no index at hand. */
const INDEX = ["python3-fastapi", "python3-uvicorn", "python3-asyncpg", "python3-redis"];
const WHEELS = "usr/local/share/wheels";
/** Debian's packages that belong to the system's Python, as opposed to those that pip would install. */
const BUNDLED = /^(?:pip|setuptools|wheel|pkg_resources|_distutils_hack)(?:[-.]|$)/;

export async function fillPython(root: string, cacheDir: string): Promise<void> {
  const scratch = `${root}-python`;
  try {
    await unpackSlim(cacheDir, root);
    await installPython(root, cacheDir, scratch);
    await addWheels(root, cacheDir, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function installPython(root: string, cacheDir: string, scratch: string): Promise<void> {
  const debs = await downloadPackages("bookworm", PYTHON, { cacheDir, archives: join(scratch, "python") });
  const system = join(scratch, "system");
  await mkdir(join(system, "usr/lib"), { recursive: true });
  await symlink("usr/lib", join(system, "lib"));
  await unpackPackages(debs, system);
  const library = join(root, "usr/local/lib/python3.11");
  const programs = join(root, "usr/local/bin");
  await cp(join(system, "usr/lib/python3.11"), library, { recursive: true, verbatimSymlinks: true });
  await cp(join(system, "usr/lib/x86_64-linux-gnu"), join(root, "usr/lib/x86_64-linux-gnu"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await cp(join(system, "usr/bin/python3.11"), join(programs, "python3.11"));
  await symlink("python3.11", join(programs, "python3"));
  await symlink("python3.11", join(programs, "python"));
  await undoDebianPaths(library);
  const packages = join(system, "usr/lib/python3/dist-packages");
  for (const name of await readdir(packages)) {
    if (!BUNDLED.test(name)) continue;
    await cp(join(packages, name), join(library, "site-packages", name), { recursive: true });
  }
  for (const name of ["pip", "pip3", "pip3.11"]) {
    const text =
      "#!/usr/local/bin/python3.11\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n";
    await writeFile(join(programs, name), text, { mode: 0o755 });
  }
}

/** Debian moved the folder that pip installs into; upstream's Python, which the official image has, did not. */
async function undoDebianPaths(library: string): Promise<void> {
  const file = join(library, "sysconfig.py");
  const [debian, upstream] = ["prefix_scheme = 'posix_local'", "prefix_scheme = 'posix_prefix'"];
  const text = await readFile(file, "utf8");
  if (!text.includes(debian)) throw new Error(`expected ${debian} in ${file}, found it changed`);
  await writeFile(file, text.replace(debian, upstream));
  // The list of folders to import from is compiled in; of Debian's, this is the one beside the standard library.
  await symlink("site-packages", join(library, "dist-packages"));
  await rm(join(library, "EXTERNALLY-MANAGED"));
  // It leads out of the folder, to Debian's hook for crash reports.
  await rm(join(library, "sitecustomize.py"));
}

async function addWheels(root: string, cacheDir: string, scratch: string): Promise<void> {
  const debs = await downloadPackages("bookworm", INDEX, { cacheDir, archives: join(scratch, "index") });
  const packages = debs.filter((deb) => {
    const [name = ""] = basename(deb).split("_");
    return name.startsWith("python3-") && !BUNDLED.test(name.slice("python3-".length));
  });
  await run("python3", [join(import.meta.dirname, "make-wheels.py"), join(root, WHEELS), ...packages]);
  await chmod(join(root, WHEELS), 0o755);
  await writeFile(join(root, "etc/pip.conf"), `[global]\nno-index = true\nfind-links = /${WHEELS}\n`);
}
