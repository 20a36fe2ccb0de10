/** The image of a Node service: what glibc and Node load, certificates, time zones, and nothing that can be run but Node. */
import type { ImageRecipe } from "./image-recipe.ts";

const NODE_USER = { name: "appuser", uid: 10001, gid: 10001 } as const;

export const nodeImage: ImageRecipe = {
  name: "node",
  suite: "trixie",
  packages: [
    {
      layer: "base",
      // libatomic1 is for Node 26, which does not start without it.
      include: [
        "base-files",
        "ca-certificates",
        "libatomic1",
        "libc6",
        "libgcc-s1",
        "libstdc++6",
        "netbase",
        "tzdata",
      ],
    },
  ],
  exclude: {
    debconf: "only maintainer scripts ask questions, and none are run",
    openssl: "only the maintainer script of ca-certificates calls it; the bundle is made by rule",
    mawk: "only maintainer scripts of base-files call awk",
  },
  excludePaths: [],
  accounts: [{ ...NODE_USER, home: "/home/appuser", because: "the service runs as this user" }],
  directories: [
    {
      path: "app",
      mode: 0o755,
      uid: 0,
      gid: 0,
      because: "the service, owned by root so that it cannot change itself",
    },
    { path: "home/appuser", mode: 0o700, uid: 10001, gid: 10001, because: "home of appuser" },
  ],
  user: `${NODE_USER.uid}:${NODE_USER.gid}`,
  env: [
    ["PATH", "/usr/local/bin:/usr/bin"],
    ["NODE_ENV", "production"],
    ["SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"],
  ],
  entrypoint: [],
  command: [],
  workingDirectory: "/app",
  exposedPorts: [],
  volumes: [],
  stopSignal: "SIGTERM",
  healthCheck: undefined,
};
