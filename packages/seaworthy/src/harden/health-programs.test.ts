import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { healthPrograms } from "./health-programs.ts";
import { fakeService } from "./world.fixture.ts";

const programs = (env: Record<string, string>, published: readonly number[], listening: readonly number[]) =>
  healthPrograms(
    {
      ...fakeService("x", { env: new Map(Object.entries(env)) }),
      ports: published.map((target) => ({ address: "127.0.0.1", published: 1, target })),
    },
    listening,
  );

describe("programs that ask for a service's health", () => {
  it.each([
    ["PostgreSQL as its user", { POSTGRES_USER: "me" }, [5432], "pg_isready -q -h 127.0.0.1 -U me"],
    ["PostgreSQL", {}, [5432], "pg_isready -q -h 127.0.0.1"],
    ["Redis", {}, [6379], "redis-cli -e ping"],
    ["MariaDB", {}, [3306], "healthcheck.sh --connect --innodb_initialized"],
  ])("%s", (_, env, listening, first) => {
    expect(programs(env, [], listening)[0]?.join(" ")).toBe(first);
  });

  it("asks at the port that is published, when it listens there", () => {
    const ports = (published: readonly number[]): readonly string[] | undefined =>
      programs({}, published, [9000, 80]).find(([program]) => program === "nc");
    expect([ports([9000]), ports([1234]), ports([])].map((argv) => argv?.at(-1))).toEqual([
      "9000",
      "80",
      "80",
    ]);
  });

  /** Those that this machine has; a server that answers, and one that does not. */
  const here = ["python3", "node", "curl", "bash"].filter(
    (program) => spawnSync(program, ["--version"]).status === 0,
  );
  const outcomes = async (behave: (socket: Socket) => void): Promise<readonly string[]> => {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket.on("error", () => undefined));
      behave(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const tried = programs({}, [], [port]).filter(([program = ""]) => here.includes(program));
    const found = await Promise.all(
      tried.map(async ([program = "", ...args]) => {
        const child = spawn(program, args, { stdio: "ignore", timeout: 5_000 });
        const [code] = (await once(child, "exit")) as [number | null];
        return `${program} ${code === 0 ? "passes" : "fails"}`;
      }),
    );
    for (const socket of open) socket.destroy();
    server.close();
    return found;
  };
  const each = (how: string, ...without: readonly string[]): readonly string[] =>
    here.filter((program) => !without.includes(program)).map((program) => `${program} ${how}`);

  it("asks for an answer before it is content with a connection", async () => {
    expect(await outcomes((socket) => socket.end("HTTP/1.0 404 Not Found\r\n\r\n"))).toEqual([
      ...each("passes"),
      ...each("passes", "curl"),
    ]);
    expect(await outcomes(() => undefined), "it takes connections and says nothing").toEqual([
      ...each("fails"),
      ...each("passes", "curl"),
    ]);
  }, 20_000);

  it("has none for a service that listens nowhere", () => {
    expect(programs({}, [80], [])).toEqual([]);
  });
});
