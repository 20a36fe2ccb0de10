/** One container's folder on the host: its specification, its name files, the overlay's own directories. */
import { chmod, chown, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import type { Container } from "../container.ts";
import type { ContainerExtras } from "../container-extras.ts";
import type { StartOptions } from "../engine.ts";
import { isRootless } from "./rootless.ts";
import type { RuntimeSpec } from "./runtime-spec.ts";
import type { BundlePaths } from "./spec.ts";

/** @param bundle absolute, without symbolic links: runc refuses others */
export function bundlePaths(bundle: string, cgroup: string): BundlePaths {
  return {
    root: join(bundle, "root"),
    hosts: join(bundle, "hosts"),
    hostname: join(bundle, "hostname"),
    resolvConf: join(bundle, "resolv.conf"),
    cgroup,
  };
}

/** Writes all that the mount script and runc read. The folder itself must be there and empty. */
export async function writeBundle(
  bundle: string,
  container: Container,
  options: StartOptions,
  layers: readonly string[],
  spec: RuntimeSpec,
): Promise<void> {
  for (const folder of ["root", "upper", "work", "lower", "plant"]) await mkdir(join(bundle, folder));
  // The merged root takes its owner and mode from here.
  await chmod(join(bundle, "upper"), 0o755);
  if (!isRootless()) await chown(join(bundle, "upper"), 0, 0);
  const hostname = container.extras?.hostname ?? container.name;
  const topFirst = [...layers].reverse();
  await Promise.all([
    ...topFirst.map((directory, index) => symlink(directory, join(bundle, "lower", String(index)))),
    ...(options.plant ?? []).map((file, index) =>
      writeFile(join(bundle, "plant", String(index)), file.content),
    ),
    writeReadable(
      join(bundle, "hosts"),
      hostsFile(hostname, new Map([...(options.hosts ?? []), ...(container.extras?.extraHosts ?? [])])),
    ),
    writeReadable(join(bundle, "hostname"), `${hostname}\n`),
    writeReadable(join(bundle, "resolv.conf"), await resolvConf(options.network, container.extras)),
    writeFile(join(bundle, "config.json"), JSON.stringify(spec)),
  ]);
}

/** `/etc/hosts`: `localhost`, the names that were given, and the container's own. */
export function hostsFile(name: string, hosts: ReadonlyMap<string, string> = new Map()): string {
  const lines = new Map([[name, "127.0.0.1"], ...hosts]);
  return [
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    ...[...lines].map(([host, address]) => `${address}\t${host}`),
    "",
  ].join("\n");
}

/** Without a way out there is nobody to ask; only on the host's network are the host's resolvers of use. */
async function resolvConf(network: StartOptions["network"], extras: ContainerExtras = {}): Promise<string> {
  const { dns = [], dnsSearch = [], dnsOptions = [] } = extras;
  const declared = [
    ...dns.map((address) => `nameserver ${address}\n`),
    ...(dnsSearch.length === 0 ? [] : [`search ${dnsSearch.join(" ")}\n`]),
    ...(dnsOptions.length === 0 ? [] : [`options ${dnsOptions.join(" ")}\n`]),
  ];
  if (declared.length > 0) return declared.join("");
  if (network.kind !== "host") return "";
  try {
    return await readFile("/etc/resolv.conf", "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}

/** Readable by every user of the container, whatever our own umask. */
async function writeReadable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o644);
}
