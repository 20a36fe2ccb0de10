import { describe, expect, it } from "vitest";
import type { StackService } from "../engine/stack-service.ts";
import type { StackNetwork } from "../stack/stack-spec.ts";
import { withClosedNetworks, withoutWayOut } from "./closed-networks.ts";
import { fakeService } from "./world.fixture.ts";

const web: StackService = {
  ...fakeService("web"),
  ports: [{ address: "127.0.0.1", published: 80, target: 80 }],
};
const db = fakeService("db");
const network = (more: Partial<StackNetwork>): StackNetwork => ({
  ...{ name: "n", internal: false, external: false },
  ...more,
});

function closed(services: readonly StackService[], declared: Record<string, StackNetwork> = {}): object {
  const result = withClosedNetworks(services, new Map(Object.entries(declared)), "p");
  const names = result.services.map(withoutWayOut).map((one) => one.networks.map((other) => other.network));
  return { names, made: [...result.networks.keys()] };
}

describe("networks without a way out", () => {
  it.each([
    ["what publishes stays in both", [web, db], {}, [["default", "internal"], ["internal"]], ["internal"]],
    ["alone, what publishes nothing is closed in", [db], {}, [["internal"]], ["internal"]],
    ["nobody publishes nothing", [web], {}, [["default"]], []],
    ["internal already", [web, db], { default: network({ internal: true }) }, [["default"], ["default"]], []],
    ["somebody else's", [web, db], { default: network({ external: true }) }, [["default"], ["default"]], []],
    ["a name that is taken", [web, db], { internal: network({}) }, [["default"], ["default"]], []],
  ])("%s", (_, services, declared, names, made) => {
    expect(closed(services, declared)).toEqual({ names, made });
  });

  it("keeps the names that others know a service by", () => {
    const known = { ...db, networks: [{ network: "back", aliases: ["store"] }] };
    expect(withClosedNetworks([known], new Map(), "p").services[0]?.networks[1]).toEqual({
      ...{ network: "back-internal", aliases: ["store"] },
    });
  });
});
