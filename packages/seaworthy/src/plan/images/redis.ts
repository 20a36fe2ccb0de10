/** Redis 8 from Debian trixie, with the official image's user, directory and command, and without a shell. */
import type { ImageRecipe } from "./image-recipe.ts";

const USER = { name: "redis", uid: 999, gid: 999 } as const;

export const redisImage: ImageRecipe = {
  name: "redis",
  suite: "trixie",
  packages: [
    { layer: "base", include: ["base-files", "libc6", "libgcc-s1", "libstdc++6", "netbase", "tzdata"] },
    { layer: "redis", include: ["redis-server", "redis-tools"] },
  ],
  exclude: {
    adduser: "only the maintainer script of redis-server adds a user",
    debconf: "only maintainer scripts ask questions, and none are run",
    "init-system-helpers": "starts services on machines that have an init system",
    mawk: "only maintainer scripts of base-files call awk",
  },
  excludePaths: [],
  accounts: [{ ...USER, home: "/data", because: "the cache runs as this user, as in the official image" }],
  directories: [
    { path: "data", mode: 0o755, uid: USER.uid, gid: USER.gid, because: "where a volume is mounted" },
  ],
  user: `${USER.uid}:${USER.gid}`,
  env: [["PATH", "/usr/local/bin:/usr/bin"]],
  entrypoint: [],
  // As the official image is built: whoever is in its networks may ask it, for containers keep all others out.
  command: ["redis-server", "--protected-mode", "no"],
  workingDirectory: "/data",
  exposedPorts: ["6379/tcp"],
  volumes: ["/data"],
  stopSignal: "SIGTERM",
  healthCheck: {
    argv: ["redis-cli", "-e", "ping"],
    interval: 10_000,
    timeout: 3000,
    startPeriod: 30_000,
    startInterval: 500,
    retries: 3,
  },
};
