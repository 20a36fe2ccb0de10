/** Names the packages that want to run code when installed: Seaworthy does not, so they may not work as they are. */

import { isRecord, parseJsonObject } from "./json-fields.ts";
import type { SelectedPackage } from "./select.ts";
import { unpackTarball } from "./tarball.ts";
import { fetchTarball, type TarballSource } from "./tarball-source.ts";

export interface InstallScript {
  readonly package: SelectedPackage;
  readonly why: "install script" | "binding.gyp";
}

/**
 * Those the lock flags, and those with a `binding.gyp` and no script of their own, for which npm would run `node-gyp`.
 * @throws Fault as {@link fetchTarball} and {@link unpackTarball}
 */
export async function findInstallScripts(
  packages: readonly SelectedPackage[],
  source: TarballSource,
): Promise<readonly InstallScript[]> {
  const found: InstallScript[] = [];
  for (const item of packages) {
    if (item.hasInstallScript) found.push({ package: item, why: "install script" });
    else if (await buildsWithGyp(item, source)) found.push({ package: item, why: "binding.gyp" });
  }
  return found;
}

async function buildsWithGyp(item: SelectedPackage, source: TarballSource): Promise<boolean> {
  const label = `${item.name} ${item.version}`;
  const { files } = await unpackTarball(await fetchTarball(item, source), label);
  const manifest = files.get("package.json");
  if (!files.has("binding.gyp") || manifest === undefined) return false;
  const fields = parseJsonObject(Buffer.from(manifest.content).toString("utf8"), `package.json of ${label}`);
  const scripts = isRecord(fields["scripts"]) ? fields["scripts"] : {};
  return (
    fields["gypfile"] !== false && scripts["install"] === undefined && scripts["preinstall"] === undefined
  );
}
