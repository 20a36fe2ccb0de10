import { describe, expect, test } from "vitest";
import type { PublishedPort } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { onThisMachine } from "./listeners.ts";
import { requireFreePorts, toPortBindings } from "./ports.ts";

const service = (ports: readonly PublishedPort[]): StackService =>
  ({ container: { name: "app", network: "private" }, ports }) as unknown as StackService;

describe("published ports", () => {
  const at = (address: string, published: number, more = {}): PublishedPort => ({
    address,
    published,
    target: 80,
    ...more,
  });

  test("are bound where they are declared, and anywhere free when they name none", () => {
    const ports = [at("127.0.0.1", 80), at("::1", 0), at("0.0.0.0", 53, { protocol: "udp" })];
    expect(toPortBindings(ports).PortBindings).toEqual({
      "80/tcp": [
        { HostIp: "127.0.0.1", HostPort: "80" },
        { HostIp: "::1", HostPort: "" },
      ],
      "80/udp": [{ HostIp: "0.0.0.0", HostPort: "53" }],
    });
  });

  test.each([
    ["by another program", [at("127.0.0.1", 80)], [{ address: "127.0.0.1", port: 80 }], true],
    ["by one on all addresses", [at("127.0.0.1", 80)], [{ address: "0.0.0.0", port: 80 }], true],
    ["on one of all addresses", [at("0.0.0.0", 80)], [{ address: "127.0.0.1", port: 80 }], true],
    ["by the same stack", [at("127.0.0.1", 80), at("0.0.0.0", 80)], [], true],
    ["at another address", [at("127.0.0.2", 80)], [{ address: "127.0.0.1", port: 80 }], false],
    ["at another port", [at("127.0.0.1", 81)], [{ address: "127.0.0.1", port: 80 }], false],
    ["by none in particular", [at("127.0.0.1", 0), at("127.0.0.1", 0)], [], false],
    [
      "for another protocol",
      [at("127.0.0.1", 80, { protocol: "udp" })],
      [{ address: "127.0.0.1", port: 80 }],
      false,
    ],
  ])("are taken %s", (_, ports, taken, isTaken) => {
    const check = () => requireFreePorts([service(ports)], taken);
    if (isTaken) expect(check).toThrow(/port 80 of .* for service "app" to be free/);
    else expect(check).not.toThrow();
  });

  test("are found in the kernel's table, or stand for themselves", () => {
    const containers = [
      {
        NetworkSettings: {
          Ports: {
            "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }],
            "81/tcp": [{ HostIp: "0.0.0.0", HostPort: "8081" }],
            "53/udp": [{ HostIp: "0.0.0.0", HostPort: "53" }],
            "82/tcp": null,
          },
        },
      },
    ];
    const kernel = [
      { address: "::", port: 8081 },
      { address: "127.0.0.2", port: 8080 },
      { address: "0.0.0.0", port: 53 },
    ];
    expect(onThisMachine(containers, kernel)).toEqual([
      { address: "127.0.0.1", port: 8080 },
      { address: "::", port: 8081 },
    ]);
  });
});
