/** From source to report in one command, and nothing of it left on the machine. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkReport, type Report } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Result, type Sandbox, sandbox } from "./cli.ts";
import { leftovers, NOTHING } from "./leftovers.ts";

const ATTACK = `
probes:
  - id: no-other-server
    claim: Nobody changes the server
    control: read-only-root
    service: app
    as: root
    attack: [{ open: /app/dist/server.js, for: writing }]
    refused: [EROFS]
`;

describe.skipIf(!isRoot())("ship (needs root)", () => {
  let example: Sandbox;
  let result: Result;
  let report: Report;
  beforeAll(async () => {
    example = await sandbox();
    await writeFile(join(example.project, "attacks.yaml"), ATTACK);
    await example.edit("compose.yaml", (text) =>
      text.replace("  posture: strict\n", "  posture: strict\n  probes: [attacks.yaml]\n"),
    );
    result = await example.seaworthy(["ship", "--lang", "ru"]);
    expect(result.code, result.stderr + result.stdout).toBe(0);
    report = checkReport(JSON.parse(readFileSync(join(example.project, ".seaworthy/report.json"), "utf8")));
  }, 300_000);
  afterAll(() => example[Symbol.asyncDispose]());

  test("every phase says what came of it, and the report is named", () => {
    for (const phase of ["plan", "build", "up", "prove", "report"])
      expect(result.stdout).toMatch(new RegExp(`^✓ ${phase} `, "m"));
    expect(result.stdout).toContain(".seaworthy/report.md");
  });

  test("every claim is held or has nothing to hold, and each held control was breached in its twin", () => {
    expect(report.findings.length).toBeGreaterThan(60);
    expect(report.findings.filter(({ verdict }) => verdict !== "held" && verdict !== "absent")).toEqual([]);
    const controls = report.findings.filter(({ kind, verdict }) => kind === "control" && verdict === "held");
    expect(
      controls.filter(
        ({ hardened, twin }) => hardened?.outcome !== "refused" || twin?.outcome !== "breached",
      ),
    ).toEqual([]);
  });

  test("an attack of the project's own has the same evidence", () => {
    const own = report.findings.filter(({ id }) => id.startsWith("read-only-root.no-other-server/"));
    expect(own.map(({ service, verdict }) => [service, verdict])).toEqual([["app", "held"]]);
    expect(own[0]?.hardened?.steps).toEqual([{ did: 'open("/app/dist/server.js", O_WRONLY)', saw: "EROFS" }]);
    expect(own[0]?.claim.en).toBe("Nobody changes the server");
  });

  test("every service is attacked with every control", () => {
    const attacked = (service: string): string[] =>
      [
        ...new Set(
          report.findings
            .filter((one) => one.service === service && one.kind === "control")
            .map((one) => one.control),
        ),
      ].toSorted();
    for (const service of ["app", "db", "redis"])
      expect(attacked(service)).toEqual(
        expect.arrayContaining([
          ...[
            "capabilities",
            "cpu-limit",
            "declared-listeners",
            "healthy",
            "host-devices",
            "host-paths",
            "memory-limit",
            "no-mount",
            "no-namespaces",
            "no-new-privileges",
            "non-root",
          ],
          ...[
            "pids-limit",
            "private-ipc",
            "private-network",
            "private-pid",
            "private-uts",
            "published-ports",
            "read-only-root",
            "seccomp",
            "stops-on-signal",
            "system-paths",
          ],
          ...["tmpfs-bounded", "tmpfs-noexec"],
        ]),
      );
    for (const service of ["db", "redis"]) {
      expect(attacked(service)).toEqual(
        expect.arrayContaining(["data-survives-restart", "datastore-unreachable"]),
      );
    }
  });

  test("the Markdown has the three chapters, in the language asked for", () => {
    expect(readFileSync(join(example.project, ".seaworthy/report.md"), "utf8")).toMatch(
      /доказан[\s\S]*C1[\s\S]*C2[\s\S]*C3[\s\S]*Кто до кого/,
    );
  });

  test("each service got through to those that share a network with it, and to no other", () => {
    const tried = report.reach.flatMap(({ from = "machine", to, tried: places }) =>
      places.map(({ saw }) => `${from} > ${to}: ${saw}`),
    );
    for (const pair of ["app > db", "app > redis", "db > app", "redis > app", "machine > app"])
      expect(tried).toContain(`${pair}: connected`);
    for (const pair of ["db > redis", "redis > db", "machine > db", "machine > redis"])
      expect(tried).not.toContain(`${pair}: connected`);
  });

  test("what the kernel says of its security modules, or nothing where it says nothing", () => {
    const read = (path: string): string | undefined => {
      const { status, stdout } = spawnSync("cat", [path], { encoding: "utf8" });
      return status === 0 ? stdout.trim() : undefined;
    };
    expect(report.engine.securityModules?.join(",")).toBe(read("/sys/kernel/security/lsm"));
    // No profile is asked for: with a module that gives labels every process has one, and without it none.
    const own = read("/proc/self/attr/apparmor/current") ?? read("/proc/self/attr/current");
    for (const { confinement } of report.services) expect(confinement === undefined).toBe(own === undefined);
  });

  test("no process, mount, namespace or cgroup of it is left", () => {
    expect(leftovers(example.env["SEAWORTHY_RUN_DIR"] ?? "", example.name)).toEqual(NOTHING);
  });

  test("killed with SIGKILL in the middle, down cleans up", async () => {
    const killed = await example.seaworthy(["ship"], { killAfter: 6000 });
    expect(killed.code).toBeNull();
    expect((await example.seaworthy(["down"])).code).toBe(0);
    expect(leftovers(example.env["SEAWORTHY_RUN_DIR"] ?? "", example.name)).toEqual(NOTHING);
  }, 60_000);

  test("interrupted with Ctrl-C, it stops what it started and says so", async () => {
    const stopped = await example.seaworthy(["ship"], { interruptAfter: 5000 });
    expect(stopped).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("stopped by SIGINT") as string,
    });
    expect(leftovers(example.env["SEAWORTHY_RUN_DIR"] ?? "", example.name)).toEqual(NOTHING);
  }, 60_000);

  test("secrets are made once, for their users only, and are nowhere in the report", () => {
    const secret = readFileSync(join(example.project, "secrets/db_password"), "utf8").trim();
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(join(example.project, ".seaworthy/report.json"), "utf8")).not.toContain(secret);
    expect(existsSync(join(example.project, "seaworthy.lock"))).toBe(true);
  });
});
