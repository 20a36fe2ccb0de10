/** Stacks with networks, as the kernel keeps them apart: every refusal beside the same attempt where it is allowed. */
import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Container } from "../../engine/container.ts";
import { createLab, hardened, type Lab, traces, whyNotHere } from "../../engine/runc/busybox.fixture.ts";
import { whyNoNetworks } from "../../engine/runc/networks.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { reach } from "../../net/reach.ts";
import type { StackSpec } from "../stack-spec.ts";
import { bounceService, execInStack, readStack, type StackOptions, startStack, stopStack } from "./stack.ts";

const reason = whyNotHere();
const here = reason === undefined ? describe : describe.skip;
const REPOSITORY = fileURLToPath(new URL("../../../../..", import.meta.url));

here(`networks of a stack${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let lab: Lab;
  let options: StackOptions;
  beforeAll(() => {
    // The supervisor is a program: it runs compiled. A type error elsewhere does not keep it from being written.
    spawnSync("npx", ["tsc", "-b", "packages/seaworthy/tsconfig.build.json"], { cwd: REPOSITORY });
  });
  beforeEach(() => {
    lab = createLab(`networks-${process.pid}`);
    options = { ...lab.options, leash: true };
  });
  afterEach(async () => {
    await stopStack(lab.options.project, options);
    expect(traces(lab)).toEqual([]);
    lab[Symbol.dispose]();
  });

  /** Answers with its name on port 80, as a user who is not root. */
  function service(
    name: string,
    networks: readonly string[],
    changes: Partial<StackService> = {},
    container: Partial<Container> = {},
  ): StackService {
    return {
      container: hardened(lab.image, `exec nc -ll -p 80 -e /bin/echo ${name}`, { name, ...container }),
      networks: networks.map((network) => ({ network, aliases: [] })),
      ...{ ports: [], healthCheck: undefined, restart: { policy: "always" }, dependsOn: [] },
      ...changes,
    };
  }

  const spec = (services: readonly StackService[], project = lab.options.project): StackSpec => ({
    ...{ project, files: [], services, networks: new Map(), volumes: new Map() },
  });

  async function inside(service: string, script: string, project = lab.options.project): Promise<string> {
    const { stdout, stderr } = await execInStack(project, service, ["/bin/sh", "-c", script], options);
    return `${Buffer.from(stdout).toString()}${Buffer.from(stderr).toString()}`.trim();
  }

  const addressOf = (name: string, device = "eth0"): Promise<string> =>
    inside(name, `ip -4 -o addr show ${device} | sed 's/.*inet \\([0-9.]*\\).*/\\1/'`);
  /** Asked until it answers: a service listens a moment after it runs. */
  const greet = (where: string): string =>
    `for i in 1 2 3 4 5 6 7 8 9; do nc -w 2 ${where} 80 </dev/null 2>/dev/null && exit; sleep 0.1; done`;
  const refuse = (where: string): string => `nc -w 2 ${where} 80 </dev/null`;

  test("this machine can make them", async () => {
    expect(await whyNoNetworks(options.layerRoot)).toBeUndefined();
  });

  test("services reach those they share a network with, by name and on port 80, and no others", async () => {
    await using stack = await startStack(
      spec([
        service("web", ["front"]),
        service("app", ["front", "back"], {
          networks: [
            { network: "front", aliases: ["shop"] },
            { network: "back", aliases: ["orders"] },
          ],
        }),
        service("db", ["back"]),
      ]),
      options,
    );
    await stack.waitHealthy({ timeout: 10_000 });
    expect(await inside("web", greet("app"))).toBe("app");
    expect(await inside("web", greet("shop"))).toBe("app");
    expect(await inside("app", greet("web"))).toBe("web");
    expect(await inside("app", greet("db"))).toBe("db");
    expect(await inside("db", greet("orders"))).toBe("app");
    expect(await inside("db", "id -u")).not.toBe("0");

    const db = await addressOf("db");
    expect(await inside("app", greet(db)), "the address is right").toBe("db");
    expect(await inside("web", refuse(db))).toMatch(/unreachable/i);
    expect(await inside("web", refuse("db"))).toMatch(/bad address/);
    expect(await inside("web", refuse("orders"))).toMatch(/bad address/);
    expect(await inside("db", refuse(await addressOf("web")))).toMatch(/unreachable/i);
    expect(await inside("web", "cat /etc/hosts")).not.toMatch(/db|orders/);
  });

  test("the hub passes nothing on, even to a service that may set routes of its own", async () => {
    const root = { user: { uid: 0, gid: 0, groups: [] }, capabilities: ["NET_ADMIN", "NET_RAW"] };
    await using stack = await startStack(
      spec([service("web", ["front"], {}, root), service("app", ["front"]), service("db", ["back"])]),
      options,
    );
    await stack.waitHealthy({ timeout: 10_000 });
    const db = await addressOf("db");
    const [front, back] = [await addressOf("web"), db].map((one) => one.replace(/\.\d+$/, ""));
    expect(await inside("web", greet("app"))).toBe("app");
    expect(await inside("web", refuse(db))).toMatch(/unreachable/i);
    await inside("web", `ip route add ${back}.0/24 via ${front}.1`);
    expect(await inside("web", refuse(db))).toMatch(/timed out|unreachable/i);
    expect(await inside("db", greet("localhost")), "it does listen").toBe("db");
  });

  test("each service has a loopback of its own", async () => {
    const listen = "echo hidden > /tmp/index.html; exec httpd -f -p 127.0.0.1:7000 -h /tmp";
    const tmp = { kind: "tmpfs", target: "/tmp", size: 65536, mode: 0o1777, exec: false } as const;
    await using stack = await startStack(
      spec([
        service("web", ["front"]),
        service("db", ["front"], {
          container: hardened(lab.image, listen, { name: "db", mounts: [tmp] }),
        }),
      ]),
      options,
    );
    await stack.waitHealthy({ timeout: 10_000 });
    const ask = (where: string): string => `wget -O- http://${where}:7000/`;
    await expect.poll(() => inside("db", ask("127.0.0.1"))).toContain("hidden");
    expect(await inside("web", ask("127.0.0.1"))).toMatch(/refused/);
    expect(await inside("web", ask("db"))).toMatch(/refused/);
  });

  test("a network mode is honoured: none, and that of another service", async () => {
    await using stack = await startStack(
      spec([
        service("app", ["front"]),
        service("job", [], {}, { network: "none" }),
        service("sidecar", [], {
          container: hardened(lab.image, "exec sleep 100", {
            name: "sidecar",
            extras: { shareNetwork: "service:app" },
          }),
        }),
        service("other", ["front"]),
      ]),
      options,
    );
    await stack.waitHealthy({ timeout: 10_000 });
    expect(await inside("sidecar", greet("127.0.0.1"))).toBe("app");
    expect(await inside("sidecar", greet("other"))).toBe("other");
    expect(await inside("job", greet("127.0.0.1"))).toBe("job");
    expect(await inside("job", "ls /sys/class/net")).toBe("lo");
    expect(await inside("job", refuse(await addressOf("app")))).toMatch(/unreachable/i);
  });

  test("an address is kept when the service is started again, and the one that is asked for is given", async () => {
    const services = [
      service("app", [], { networks: [{ network: "n", aliases: [], ipv4Address: "10.99.0.77" }] }),
      service("other", ["n"]),
    ];
    const networks = new Map([
      ["n", { name: "n", internal: false, external: false, subnets: ["10.99.0.0/24"] }],
    ]);
    await using stack = await startStack({ ...spec(services), networks }, options);
    await stack.waitHealthy({ timeout: 10_000 });
    expect(await addressOf("app")).toBe("10.99.0.77");
    await bounceService(lab.options.project, "app", { ...options, loseVolumes: false });
    await expect.poll(() => stack.state().services[0]?.restarts).toBe(1);
    expect(await inside("other", greet("app"))).toBe("app");
  });

  test("two stacks have the same ports inside, and neither reaches the other", async () => {
    const second = `${lab.options.project}-b`;
    const port = await freePort();
    const published = { ports: [{ address: "127.0.0.1", published: port, target: 80 }] };
    const run = { ...options, project: second };
    await using one = await startStack(
      spec([service("app", ["n"], published), service("db", ["n"])]),
      options,
    );
    await using two = await startStack(spec([service("web", ["n"])], second), run);
    await Promise.all([one, two].map((stack) => stack.waitHealthy({ timeout: 10_000 })));
    expect(await inside("app", greet("db"))).toBe("db");
    expect(await inside("web", greet("localhost"), second)).toBe("web");
    expect(Buffer.from((await reach("127.0.0.1", port, Buffer.from("x"))).answer).toString()).toBe("app\n");

    expect(await inside("web", refuse("db"), second)).toMatch(/bad address/);
    // Private addresses may be the same in both, so the one tried is one that the second does not have.
    const db = await addressOf("db");
    expect(db).not.toBe(await inside("web", "ip -4 -o addr show eth0", second));
    expect(await inside("web", refuse(db), second)).toMatch(/unreachable|timed out/i);
    expect(await inside("web", `nc -w 2 127.0.0.1 ${port} </dev/null`, second)).toMatch(/refused/i);
    await stopStack(second, run);
  });

  test("nothing of a network is left when the supervisor was killed", async () => {
    await using stack = await startStack(spec([service("app", ["n"])]), options);
    const { services } = await stack.waitHealthy({ timeout: 10_000 });
    const network = services[0]?.network ?? "";
    // One that was killed and that nobody has taken note of has no namespace any more.
    const isThere = (): boolean => spawnSync("readlink", [network]).status === 0;
    expect(isThere()).toBe(true);
    process.kill((await readStack(lab.options.project, options))?.supervisor.pid ?? 0, "SIGKILL");
    await expect.poll(isThere).toBe(false);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
