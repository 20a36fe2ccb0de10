/** PostgreSQL 15 from Debian bookworm, started as the official image starts it, without the JIT's LLVM or a package manager. */
import type { ImageRecipe } from "./image-recipe.ts";

const USER = { name: "postgres", uid: 999, gid: 999 } as const;
const PROGRAMS = "/usr/lib/postgresql/15/bin";

export const postgresImage: ImageRecipe = {
  name: "postgres",
  suite: "bookworm",
  packages: [
    { layer: "base", include: ["base-files", "dash", "libc-bin", "libc6", "netbase", "tzdata"] },
    { layer: "postgres", include: ["postgresql-15", "postgresql-client-15"] },
  ],
  exclude: {
    debianutils: "only maintainer scripts and Debian's wrappers call its programs",
    debconf: "only maintainer scripts ask questions, and none are run",
    dpkg: "no package is installed in an image",
    "libaudit-common": "configuration of an audit daemon that is not there",
    libllvm14: "compiles queries just in time; PostgreSQL runs without it, and it is over half of the image",
    locales: "C.UTF-8 comes with libc-bin",
    mawk: "only maintainer scripts of base-files call awk",
    "postgresql-common": "Debian's cluster management, replaced by the entrypoint",
    "postgresql-client-common": "Debian's wrappers around the programs",
    "readline-common": "key bindings for people at a prompt",
    "sensible-utils": "chooses an editor for people at a prompt",
    "ssl-cert": "makes a self-signed certificate in a maintainer script",
  },
  excludePaths: ["usr/lib/postgresql/15/lib/bitcode/**", "usr/lib/postgresql/15/lib/llvmjit*"],
  accounts: [
    {
      ...USER,
      home: "/var/lib/postgresql",
      because: "the database runs as this user, as in the official image",
    },
  ],
  directories: [
    {
      path: "var/lib/postgresql/data",
      mode: 0o700,
      ...owner(),
      because: "PGDATA, where a volume is mounted",
    },
    { path: "run/postgresql", mode: 0o3777, ...owner(), because: "the socket of local clients" },
    {
      path: "docker-entrypoint-initdb.d",
      mode: 0o755,
      uid: 0,
      gid: 0,
      because: "SQL files for the first start",
    },
  ],
  user: `${USER.uid}:${USER.gid}`,
  env: [
    ["PATH", `${PROGRAMS}:/usr/local/bin:/usr/bin`],
    ["LANG", "C.UTF-8"],
    ["PG_MAJOR", "15"],
    ["PGDATA", "/var/lib/postgresql/data"],
  ],
  entrypoint: ["/usr/local/bin/docker-entrypoint.sh"],
  command: ["postgres"],
  workingDirectory: "/",
  exposedPorts: ["5432/tcp"],
  volumes: ["/var/lib/postgresql/data"],
  // A fast shutdown: open sessions are rolled back. SIGTERM would wait for every client to leave.
  stopSignal: "SIGINT",
  healthCheck: {
    // Over TCP, where the server of the first-time setup does not listen.
    argv: ["pg_isready", "--quiet", "--host=127.0.0.1"],
    interval: 10_000,
    timeout: 5000,
    startPeriod: 60_000,
    startInterval: 500,
    retries: 3,
  },
};

function owner(): { readonly uid: number; readonly gid: number } {
  return { uid: USER.uid, gid: USER.gid };
}
