import { expect, it } from "vitest";
import { findInstallScripts } from "./install-scripts.ts";
import { selectPackages } from "./select.ts";
import { fixtureSource, lockEntry, makeLock, makeTarball } from "./tarball.fixture.ts";

it("names flagged packages and those npm would run node-gyp for", async () => {
  const pack = (manifest: object, gyp: boolean): Uint8Array =>
    makeTarball([
      { name: "p/package.json", content: JSON.stringify(manifest) },
      ...(gyp ? [{ name: "p/binding.gyp" }] : []),
    ]);
  const tarballs = {
    flagged: pack({}, false),
    gyp: pack({}, true),
    off: pack({ gypfile: false }, true),
    own: pack({ scripts: { install: "true" } }, true),
    plain: pack({}, false),
  };
  const names = Object.entries(tarballs);
  const lock = makeLock(
    { dependencies: Object.fromEntries(names.map(([name]) => [name, "1"])) },
    Object.fromEntries(
      names.map(([name, tarball]) => [
        `node_modules/${name}`,
        lockEntry(tarball, { hasInstallScript: name === "flagged" }),
      ]),
    ),
  );
  const platform = { os: "linux", cpu: "x64", libc: "glibc", node: "24.1.0" };
  const source = await fixtureSource(
    Object.fromEntries(names.map(([name, tarball]) => [`${name}@1.0.0`, tarball])),
  );
  const found = await findInstallScripts(selectPackages(lock, { platform, dev: false }).packages, source);
  expect(found.map((script) => [script.package.name, script.why])).toEqual([
    ["flagged", "install script"],
    ["gyp", "binding.gyp"],
  ]);
});
