/** The image of a service whose Compose file lists Debian packages: those, what they need, and an account to run as. */
import type { ComposeService } from "../../recipe/compose-service.ts";
import type { PackageImage } from "../../recipe/package-image.ts";
import type { Account } from "../../rootfs/accounts.ts";
import type { RequiredDirectory } from "../../rootfs/directories.ts";
import type { ImageRecipe } from "./image-recipe.ts";

/** Dependencies that only serve installing, administering or a person at a terminal. A package asked for by name stays. */
const EXCLUDE: Readonly<Record<string, string>> = {
  adduser: "only maintainer scripts add users",
  debconf: "only maintainer scripts ask questions, and none are run",
  dpkg: "no package is installed in an image",
  "init-system-helpers": "starts services on machines that have an init system",
  mawk: "only maintainer scripts of base-files call awk",
  openssl: "only the maintainer script of ca-certificates calls it; the bundle is made by rule",
  "readline-common": "key bindings for people at a prompt",
  "sensible-utils": "chooses an editor for people at a prompt",
  ucf: "only maintainer scripts merge configuration files",
};

/** In packages that a service needs, but none of it to serve. */
const EXCLUDE_PATHS: readonly string[] = [
  "usr/share/{applications,binfmts,icons,pixmaps,polkit-1,python3}/**",
  // What installs, compiles, documents and tests Python code.
  "usr/bin/{2to3,pdb3,py3clean,py3compile,py3versions,pydoc3,pygettext3}*",
  "usr/lib/python3*/{ensurepip,idlelib,lib2to3,pydoc_data,test,turtledemo}/**",
  "usr/lib/python3/dist-packages/**/tests/**",
];

const DEFAULT_ID = 10001;
const DEFAULT_DIRECTORY = "/app";

export function packagesImage(image: PackageImage, service: ComposeService): ImageRecipe {
  const account = accountOf(service);
  const workingDirectory = service.workingDirectory ?? DEFAULT_DIRECTORY;
  return {
    name: "packages",
    suite: image.suite,
    packages: [
      { layer: "base", include: ["base-files", "ca-certificates", "libc6", "netbase", "tzdata"] },
      { layer: "runtime", include: image.packages },
    ],
    exclude: { ...EXCLUDE, ...image.exclude },
    excludePaths: EXCLUDE_PATHS,
    accounts: account.uid === 0 ? [] : [account],
    directories: workingDirectory === "/" ? [] : [startDirectory(workingDirectory)],
    user: `${account.uid}:${account.gid}`,
    env: [
      ["PATH", "/usr/local/bin:/usr/bin"],
      ["SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"],
    ],
    entrypoint: [],
    command: [],
    workingDirectory,
    exposedPorts: [],
    volumes: [],
    stopSignal: "SIGTERM",
    healthCheck: undefined,
  };
}

function startDirectory(path: string): RequiredDirectory {
  const because = "where the service starts, owned by root so that it cannot change itself";
  return { path: path.slice(1), mode: 0o755, uid: 0, gid: 0, because };
}

/** `user:` by number or by name; who says nothing gets an account that is not root. */
function accountOf({ user }: ComposeService): Account {
  const uid = user?.user === "root" ? 0 : typeof user?.user === "number" ? user.user : DEFAULT_ID;
  const gid = typeof user?.group === "number" ? user.group : uid;
  const name = typeof user?.user === "string" ? user.user : "appuser";
  return { name, uid, gid, home: "/nonexistent", because: "the service runs as this user" };
}
