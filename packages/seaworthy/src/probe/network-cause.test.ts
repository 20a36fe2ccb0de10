import type { Finding } from "@seaworthy/evidence";
import { expect, test } from "vitest";
import type { Container } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { privateNetwork } from "../posture/controls/private-network.ts";
import type { StackNetwork } from "../stack/stack-spec.ts";
import { atItsNetwork } from "./network-cause.ts";
import { INHIBIT_ADDRESS } from "./probes/host-services.ts";

function network(name: string, more: Partial<StackNetwork> = {}): StackNetwork {
  return { name, internal: false, external: false, ...more };
}

const NETWORKS = new Map([
  ["default", network("p_default")],
  ["front", network("p_front")],
  ["back", network("p_back", { internal: true })],
  ["shut", network("p_shut", { internal: true, driverOptions: new Map([[INHIBIT_ADDRESS, "true"]]) })],
  ["theirs", network("corp", { external: true })],
]);

function service(name: string, networks: readonly string[], more: Partial<Container> = {}): StackService {
  const container = { name, network: "private", ...more } as Container;
  return {
    ...{ container, ports: [], healthCheck: undefined, restart: { policy: "no" }, dependsOn: [] },
    networks: networks.map((key) => ({ network: key, aliases: [] })),
  };
}

const SERVICES = [
  service("open", ["front"]),
  service("both", ["front", "back", "theirs"]),
  service("unlisted", ["default"]),
  service("closed", ["back"]),
  service("shut", ["shut"]),
  service("host", [], { network: "host" }),
  service("beside", [], { extras: { shareNetwork: "service:open" } }),
  service("elsewhere", [], { extras: { shareNetwork: "container:abc" } }),
  service("theirs", ["theirs"]),
];

function found(control: string, probe: string, name: string): Finding {
  const said = { en: "said by the control", ru: "said by the control" };
  const id = `${control}.${probe}/${name}`;
  return { id, control, kind: "control", service: name, claim: said, verdict: "breached", fix: said };
}

/** The path and the fix that the finding ends up with. */
function causeOf(probe: string, name: string): readonly [string | undefined, string | undefined] {
  const own = SERVICES.find(({ container }) => container.name === name) as StackService;
  const file = {
    source: (path: readonly string[]) => ({ file: "compose.yaml", line: 1, key: path.join(".") }),
    isWritten: (key: string) => key !== "default",
  };
  const spec = { services: SERVICES, networks: NETWORKS };
  const { source, fix } = atItsNetwork(found(privateNetwork.id, probe, name), own, spec, file);
  return [source?.key, fix?.en];
}

const CREATE = "docker network create --internal";

test.each([
  ["open", "networks.front.internal", "networks: { front: { internal: true } }"],
  ["both", "networks.front.internal", `networks: { front: { internal: true } }; ${CREATE} corp`],
  ["theirs", "networks.theirs.internal", `${CREATE} corp`],
  ["unlisted", "services.unlisted.networks", "networks: { default: { internal: true } }"],
  ["beside", "networks.front.internal", "networks: { front: { internal: true } }"],
  ["host", "services.host.network_mode", "remove network_mode: host"],
])("a way out of %s is decided by %s", (name, path, fix) => {
  expect(causeOf("way-out", name)).toEqual([path, fix]);
});

test("a way out of networks that have none is the engine's; of another container's network, its own", () => {
  expect(causeOf("way-out", "closed")).toEqual([
    "services.closed.networks",
    expect.stringContaining("an engine that leaves no route"),
  ]);
  expect(causeOf("way-out", "elsewhere")).toEqual([
    "services.elsewhere.network_mode",
    expect.stringContaining("container:abc"),
  ]);
});

test.each([
  [
    "open",
    "networks.front.internal",
    `networks: { front: { internal: true, driver_opts: { ${INHIBIT_ADDRESS}: "true" } } }`,
  ],
  [
    "closed",
    "networks.back.driver_opts",
    `networks: { back: { internal: true, driver_opts: { ${INHIBIT_ADDRESS}: "true" } } }`,
  ],
  ["theirs", "networks.theirs.internal", `${CREATE} -o ${INHIBIT_ADDRESS}=true corp`],
  ["host", "services.host.network_mode", "remove network_mode: host"],
  [
    "shut",
    "services.shut.networks",
    `internal: true, and driver_opts: { ${INHIBIT_ADDRESS}: "true" }, for each of its networks`,
  ],
])("that the machine answers %s is decided by %s", (name, path, fix) => {
  expect(causeOf("host-services", name)).toEqual([path, fix]);
});

test.each([
  ["of another control", found("seccomp", "witnesses", "open")],
  ["that holds", { ...found(privateNetwork.id, "way-out", "open"), verdict: "held" } as const],
])("a finding %s is left as it is", (_, other) => {
  const file = { source: () => ({ file: "x", line: 1, key: "x" }), isWritten: () => true };
  const spec = { services: SERVICES, networks: NETWORKS };
  expect(atItsNetwork(other, SERVICES[0] as StackService, spec, file)).toBe(other);
});
