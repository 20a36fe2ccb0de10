/** The example ships on every engine, and what an engine finds otherwise than runc does is known and explained. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report, Verdict } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "../e2e/cli.ts";
import { DAEMONS, type Daemon } from "./daemons.ts";

/**
 * What no Docker Engine can give: it publishes ports only from a network with a way out. Before version 26 Docker left a
 * route in internal networks too. The example waives both, and says why.
 */
const WITH_A_ROUTE: Readonly<Record<string, Verdict>> = {
  "private-network.way-out/app": "waived",
  // An engine has an address of the machine in each of its networks, internal ones too.
  "private-network.host-services/app": "waived",
  "private-network.host-services/db": "waived",
  "private-network.host-services/redis": "waived",
};
const ROUTES_EVERYWHERE: Readonly<Record<string, Verdict>> = {
  ...WITH_A_ROUTE,
  "private-network.way-out/db": "waived",
  "private-network.way-out/redis": "waived",
};

interface Learned {
  readonly services: readonly {
    readonly service: string;
    readonly calls: Readonly<Record<string, number>>;
    readonly allowed: number;
    readonly of: number;
  }[];
}

const verdicts = ({ findings }: Report): Readonly<Record<string, string>> =>
  Object.fromEntries(findings.map(({ id, verdict }) => [id, verdict]));
/** Who got through to whom, and where. */
const connections = ({ reach }: Report): readonly string[] =>
  reach.flatMap(({ from = "machine", to, tried }) => [
    ...new Set(
      tried
        .filter(({ saw }) => saw === "connected")
        .map(({ port }) => `${from} > ${to}:${from === "machine" ? 8000 : port}`),
    ),
  ]);
const reportOf = ({ project }: Sandbox): Report =>
  JSON.parse(readFileSync(join(project, ".seaworthy/report.json"), "utf8")) as Report;

describe.skipIf(!isRoot())("the example ships (needs root)", () => {
  let onRunc: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await using example = await sandbox();
    const { code, stderr } = await example.seaworthy(["ship"]);
    expect(code, stderr).toBe(0);
    onRunc = verdicts(reportOf(example));
  }, 300_000);

  for (const kind of DAEMONS) {
    const reason = kind.missing();
    describe.skipIf(reason !== undefined)(
      `on ${kind.name}${reason === undefined ? "" : ` (skipped: ${reason})`}`,
      () => {
        let daemon: Daemon;
        let example: Sandbox;
        let env: NodeJS.ProcessEnv;

        beforeAll(async () => {
          daemon = await kind.start(true);
          example = await sandbox();
          env = { SEAWORTHY_ENGINE: "docker", DOCKER_HOST: daemon.host };
        }, 120_000);
        afterAll(async () => {
          await example?.seaworthy(["down", "--volumes"], { env });
          await example?.[Symbol.asyncDispose]();
          await daemon?.[Symbol.asyncDispose]();
        }, 120_000);

        test("with the same verdicts as on runc, but for what is known", { timeout: 300_000 }, async () => {
          const { code, stdout, stderr } = await example.seaworthy(["ship", "--assemble"], { env });
          expect(code, stdout + stderr).toBe(0);
          const report = reportOf(example);
          const isOld = /^Docker (?:1\d|2[0-5])\./.test(report.engine.version);
          expect(verdicts(report)).toEqual({ ...onRunc, ...(isOld ? ROUTES_EVERYWHERE : WITH_A_ROUTE) });
          expect(connections(report)).toEqual([
            ...["app > db:5432", "app > redis:6379", "db > app:8000", "redis > app:8000"],
            "machine > app:8000",
          ]);
        });

        // Minutes for each: what is recorded comes from the same program on every engine.
        if (kind.name === "Docker of this machine") return;
        test("and lets itself be learned from", { timeout: 300_000 }, async () => {
          const argv = ["learn", "--assemble", "--json", "--service", "app", "--service", "redis"];
          const { code, stdout, stderr } = await example.seaworthy(argv, { env });
          expect(code, stdout + stderr).toBe(0);
          const { services } = JSON.parse(stdout) as Learned;
          expect(services.map(({ service }) => service)).toEqual(["app", "redis"]);
          for (const { calls, allowed, of } of services) {
            expect(Object.keys(calls).length).toBeGreaterThan(40);
            expect(allowed).toBeLessThan(of / 2);
          }
        });
      },
    );
  }
});
