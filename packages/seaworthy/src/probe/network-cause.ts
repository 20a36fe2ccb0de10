/** Where a way out comes from, and what closes it: the service's networks, which no control of one container knows of. */
import type { Finding, SourceLine, Text } from "@seaworthy/evidence";
import type { StackService } from "../engine/stack-service.ts";
import { privateNetwork } from "../posture/controls/private-network.ts";
import type { StackNetwork, StackSpec } from "../stack/stack-spec.ts";
import { hostServices, INHIBIT_ADDRESS } from "./probes/host-services.ts";

type Network = readonly [key: string, network: StackNetwork];

/** What decides, and what to write there. */
interface Cause {
  /** In the Compose file. */
  readonly path: readonly string[];
  readonly fix: Text;
}

/**
 * A breach with the line and the fix that belong to how its service is connected; any other finding as it is.
 * @param source of a path of the Compose file, or of the nearest that is written above it
 * @param isWritten whether the Compose file has this network; the default one is there without it
 */
export function atItsNetwork(
  finding: Finding,
  service: StackService,
  { services, networks }: Pick<StackSpec, "services" | "networks">,
  file: { source(path: readonly string[]): SourceLine; isWritten(network: string): boolean },
): Finding {
  if (finding.control !== privateNetwork.id || finding.verdict !== "breached") return finding;
  const owner = ownerOf(service, services);
  const isOfHost = finding.id.startsWith(`${privateNetwork.id}.${hostServices.id}/`);
  const open = owner.networks.flatMap(({ network: key }): readonly Network[] => {
    const network = networks.get(key);
    return network === undefined || isClosed(network, isOfHost) ? [] : [[key, network]];
  });
  const { path, fix } = modeOf(owner) ?? networkOf(owner, open, { isOfHost, isWritten: file.isWritten });
  return { ...finding, source: file.source(path), fix };
}

/** The service whose networks these are: itself, or the one that `network_mode: service:db` names. */
function ownerOf(service: StackService, services: readonly StackService[]): StackService {
  const { shareNetwork } = service.container.extras ?? {};
  const others = services.filter((one) => one !== service);
  const owner = others.find(({ container }) => shareNetwork === `service:${container.name}`);
  return owner === undefined ? service : ownerOf(owner, others);
}

function isClosed({ internal, driverOptions }: StackNetwork, toMachine: boolean): boolean {
  const hasNoAddress =
    driverOptions?.get(INHIBIT_ADDRESS) === "true" ||
    driverOptions?.get("com.docker.network.bridge.gateway_mode_ipv4") === "isolated";
  return internal && (hasNoAddress || !toMachine);
}

/** `undefined` for what is in networks of the stack. */
function modeOf({ container }: StackService): Cause | undefined {
  const path = ["services", container.name, "network_mode"];
  const { shareNetwork } = container.extras ?? {};
  if (container.network === "host")
    return { path, fix: { en: "remove network_mode: host", ru: "уберите network_mode: host" } };
  if (shareNetwork === undefined) return undefined;
  return {
    path,
    fix: {
      en: `networks without a way out for ${shareNetwork}, whose network it is in`,
      ru: `сети без выхода для ${shareNetwork}, в чьей сети она находится`,
    },
  };
}

function networkOf(
  { container }: StackService,
  open: readonly Network[],
  { isOfHost, isWritten }: { readonly isOfHost: boolean; isWritten(network: string): boolean },
): Cause {
  const path = ["services", container.name, "networks"];
  const [first] = open;
  if (first === undefined)
    return { path, fix: isOfHost ? (hostServices.fix ?? privateNetwork.fix) : OF_ENGINE };
  const [key, { internal }] = first;
  const decides = ["networks", key, internal ? "driver_opts" : "internal"];
  return { path: isWritten(key) ? decides : path, fix: closing(open, isOfHost) };
}

/** All of its networks are internal. */
const OF_ENGINE: Text = {
  en: "networks with internal: true, and an engine that leaves no route in them, as Docker 26 and later",
  ru: "сети с internal: true и движок, который не оставляет в них маршрута: Docker 26 и новее",
};

/** One that others made cannot be changed in the file. */
function closing(open: readonly Network[], toMachine: boolean): Text {
  const entries = open
    .filter(([, { external }]) => !external)
    .map(([key]) => {
      const options = toMachine ? `, driver_opts: { ${INHIBIT_ADDRESS}: "true" }` : "";
      return `${key}: { internal: true${options} }`;
    });
  const commands = open
    .filter(([, { external }]) => external)
    .map(
      ([, { name }]) =>
        `docker network create --internal ${toMachine ? `-o ${INHIBIT_ADDRESS}=true ` : ""}${name}`,
    );
  const text = [...(entries.length === 0 ? [] : [`networks: { ${entries.join(", ")} }`]), ...commands].join(
    "; ",
  );
  return { en: text, ru: text };
}
