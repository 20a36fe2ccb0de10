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

  it("has none for a service that listens nowhere", () => {
    expect(programs({}, [80], [])).toEqual([]);
  });
});
