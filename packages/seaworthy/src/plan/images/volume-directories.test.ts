import { expect, test } from "vitest";
import type { ComposeService } from "../../recipe/compose-service.ts";
import type { ComposeMount } from "../../recipe/volumes.ts";
import { nodeImage } from "./node.ts";
import { withVolumeDirectories } from "./volume-directories.ts";

const volume = (target: string, readOnly = false): ComposeMount => ({
  ...{ kind: "volume", name: "data", target, readOnly },
});

test.each<[string, readonly ComposeMount[], readonly string[]]>([
  ["a volume", [volume("/srv/uploads/")], ["srv/uploads 10001"]],
  ["one without a name", [{ kind: "scratch", target: "/cache" }], ["cache 10001"]],
  ["two mounts of one place", [volume("/data"), volume("/data")], ["data 10001"]],
  ["one that is only read", [volume("/data", true)], []],
  ["one over its code", [volume("/app/node_modules"), volume("/app")], []],
  ["the root", [volume("/")], []],
  ["a bind mount", [{ kind: "bind", source: "/src", target: "/data", readOnly: false }], []],
])("%s", (_, mounts, added) => {
  const { directories } = withVolumeDirectories(nodeImage, { mounts } as ComposeService);
  expect(directories.slice(nodeImage.directories.length).map(({ path, uid }) => `${path} ${uid}`)).toEqual(
    added,
  );
});

test("a service that runs as root may become an ordinary user", () => {
  const root = { ...nodeImage, accounts: [] };
  const { directories } = withVolumeDirectories(root, {
    mounts: [volume("/data")],
  } as unknown as ComposeService);
  expect(directories.at(-1)).toMatchObject({ path: "data", uid: 10_001, gid: 10_001 });
});

test("a directory of the recipe is given to the user when a volume is mounted there", () => {
  const service = { mounts: [volume("/home/appuser")] } as unknown as ComposeService;
  const { directories } = withVolumeDirectories(nodeImage, service);
  expect(directories.filter(({ path }) => path === "home/appuser")).toHaveLength(1);
});
