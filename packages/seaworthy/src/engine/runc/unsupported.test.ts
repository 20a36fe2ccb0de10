import { expect, test } from "vitest";
import type { Container } from "../container.ts";
import type { ContainerExtras } from "../container-extras.ts";
import { unsupportedByRunc } from "./unsupported.ts";

function keys(extras: ContainerExtras, mounts: Container["mounts"] = []): readonly string[] {
  const image = { config: { architecture: "amd64" } };
  return unsupportedByRunc({ extras, image, mounts } as unknown as Container).map(({ key }) => key);
}

test.each<[ContainerExtras, readonly string[]]>([
  [{}, []],
  [
    {
      hostname: "a",
      ulimits: [{ name: "nofile", soft: 1, hard: 2 }],
      oomScoreAdj: 5,
      labels: new Map([["a", "b"]]),
    },
    [],
  ],
  [{ init: false, tty: false, devices: [], storageOptions: new Map(), cgroup: "private" }, []],
  [{ init: true, tty: true }, ["tty"]],
  [{ devices: [{ source: "/dev/fuse", target: "/dev/fuse", permissions: "rw" }] }, ["devices"]],
  [{ shareNetwork: "service:db" }, []],
  [{ shareNetwork: "container:1234" }, ["network_mode"]],
  [
    {
      extraHosts: [
        ["a", "10.0.0.1"],
        ["b", "host-gateway"],
      ],
    },
    ["extra_hosts"],
  ],
  [{ platform: "linux/amd64" }, []],
  [{ platform: "linux/arm64" }, ["platform"]],
  [{ logging: { driver: "json-file", options: new Map() } }, []],
  [{ logging: { driver: "syslog", options: new Map() } }, ["logging"]],
])("%j", (extras, expected) => {
  expect(keys(extras)).toEqual(expected);
});

test("a shared mount is named", () => {
  const bind = { kind: "bind", source: "/a", target: "/a", readOnly: true } as const;
  expect(keys({}, [bind])).toEqual([]);
  expect(keys({}, [{ ...bind, propagation: "rshared" }])).toEqual(["volumes: bind.propagation"]);
});
