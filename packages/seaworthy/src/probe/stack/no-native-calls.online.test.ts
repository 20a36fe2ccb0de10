/** A Node that has the FFI, from the registry this machine is set to, on the built-in engine: who may call and who may not. */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Container } from "../../engine/container.ts";
import { createLab, hardened, type Lab, traces, whyNotHere } from "../../engine/runc/busybox.fixture.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { createRuncRuntime } from "../../stack/runc/runtime.ts";
import { doubleName } from "./double-stack.ts";
import { putLibraries, putNode, rootOf } from "./node-lab.fixture.ts";
import { proveStack } from "./prove-stack.ts";

const reason = whyNotHere();
const REPOSITORY = fileURLToPath(new URL("../../../../..", import.meta.url));
/** One that has the module unless it is told otherwise. */
const VERSION = "26.12.1";
const SERVER = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => undefined, 1000)";
/** Starts the service as a package manager would. */
const MANAGER = `
const { spawn } = require("node:child_process");
const child = spawn(process.execPath, ["--permission", "--eval", ${JSON.stringify(SERVER)}], { stdio: "inherit" });
process.on("SIGTERM", () => child.kill());
child.once("exit", (code) => process.exit(code ?? 1));
`;
const NODE = "/bin/node";
/** Of this run alone: what another leaves is not ours. */
const TWINS = `native-twins-${process.pid}`;

describe.skipIf(reason !== undefined)(
  `node:ffi in services${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let lab: Lab;
    let findings: ReadonlyMap<string, Finding>;

    function service(name: string, argv: readonly string[], options?: string): StackService {
      const container: Container = {
        ...hardened(lab.image, "", { name, argv }),
        env: new Map(options === undefined ? [] : [["NODE_OPTIONS", options]]),
        limits: { memory: 192 * 1024 ** 2, pids: 40, cpus: 1, shmSize: 1024 ** 2 },
      };
      const check = { argv: ["/bin/true"], interval: 1_000, timeout: 5_000, retries: 3 };
      const healthCheck = { ...check, startPeriod: 0, startInterval: 100 };
      const alone = { ports: [], restart: { policy: "no" }, dependsOn: [], networks: [] } as const;
      return { container, healthCheck, ...alone };
    }
    const node = (name: string, flags: readonly string[], options?: string): StackService =>
      service(name, [NODE, ...flags, "--eval", SERVER], options);

    beforeAll(async () => {
      spawnSync("npx", ["tsc", "-b", "packages/seaworthy/tsconfig.build.json"], { cwd: REPOSITORY });
      lab = createLab(`native-calls-${process.pid}`);
      const root = rootOf(lab);
      await putNode(root, VERSION, NODE);
      mkdirSync(join(root, "old"));
      copyFileSync(process.execPath, join(root, "old/node"));
      chmodSync(join(root, "old/node"), 0o755);
      await putLibraries(root, process.execPath);
      writeFileSync(join(root, "npm-cli.js"), MANAGER);
      findings = await prove([
        node("default", []),
        node("flag", [], "--no-experimental-ffi"),
        node("flag-in-argv", ["--no-experimental-ffi"]),
        node("permission", [], "--no-warnings --permission"),
        node("permission-in-argv", ["--permission"]),
        node("worker-allowed", ["--permission", "--allow-worker"]),
        node("child-allowed", [], "--permission --allow-child-process"),
        service("managed", [NODE, "/npm-cli.js"]),
        service("wrapped", [
          "/bin/sh",
          "-c",
          `${NODE} --permission --eval "${SERVER}" & trap 'kill $!' TERM; wait`,
        ]),
        service("deaf", [
          "/bin/sh",
          "-c",
          `echo no options for me >&2; unset NODE_OPTIONS; exec ${NODE} -e "${SERVER}"`,
        ]),
        service("old", ["/old/node", "--eval", SERVER]),
        service("other", ["/bin/sh", "-c", "trap 'exit 0' TERM; sleep 60 & wait"]),
      ]);
    }, 300_000);
    afterAll(() => {
      const left = [doubleName(lab.options.project), lab.options.project, TWINS].flatMap((one) =>
        traces(lab, one),
      );
      lab[Symbol.dispose]();
      expect(left).toEqual([]);
    });

    async function prove(services: readonly StackService[]): Promise<ReadonlyMap<string, Finding>> {
      const runtime = createRuncRuntime({
        ...lab.options,
        runc: () => Promise.resolve(lab.options.runc),
        volumeRoot: join(lab.folder, "volumes"),
        engineProject: TWINS,
      });
      const { project } = lab.options;
      const spec = { project, files: [], services, networks: new Map(), volumes: new Map() };
      await using stack = await runtime.start(spec, { leash: true });
      await stack.waitHealthy({ timeout: 60_000 });
      const { findings: found } = await proveStack({
        ...{ spec, state: stack.state(), runtime, workDirectory: lab.folder },
        role: () => "app",
        source: (name, key) => ({ file: "compose.yaml", line: 7, key: `services.${name}.${key}` }),
      });
      return new Map(found.flatMap((one) => (one.control === "no-native-calls" ? [[one.service, one]] : [])));
    }

    test("by default the C library is called", () => {
      expect(findings.get("default")).toMatchObject({
        ...{
          id: "no-native-calls/default",
          verdict: "breached",
          source: { key: "services.default.environment" },
        },
        hardened: { steps: [{ saw: "its own process id" }] },
      });
    });

    test.each(["flag", "flag-in-argv"])("%s: the module is gone, and a worker has it back", (name) => {
      expect(findings.get(name)).toMatchObject({
        verdict: "breached",
        hardened: { steps: [{ saw: "no such module" }, { saw: "its own process id" }] },
      });
    });

    test.each(["permission", "permission-in-argv", "managed", "wrapped"])("%s: held", (name) => {
      const denied = { saw: "ERR_ACCESS_DENIED" };
      expect(findings.get(name)).toMatchObject({
        verdict: "held",
        hardened: { outcome: "refused", steps: [denied, denied, denied] },
        twin: { outcome: "breached", steps: [{ saw: "its own process id" }] },
      });
    });

    test.each([
      ["worker-allowed", 2],
      ["child-allowed", 3],
    ])("%s: what may be started gets the permission from whoever starts it", (name, tries) => {
      const finding = findings.get(name);
      expect(finding?.verdict).toBe("breached");
      expect(finding?.hardened?.steps).toHaveLength(tries);
      expect(finding?.hardened?.steps[0]).toMatchObject({ saw: "ERR_ACCESS_DENIED" });
    });

    test("one that does not hear of the attack is not known", () => {
      expect(findings.get("deaf")).toMatchObject({
        verdict: "unproven",
        reason: { en: "no Node of it has answered: no options for me" },
      });
    });

    test("what is no Node has no finding", () => {
      expect(findings.size).toBe(11);
      expect(findings.has("other")).toBe(false);
    });

    const isOld = !process.allowedNodeEnvironmentFlags.has("--experimental-ffi");
    test.skipIf(!isOld)("an older Node has no such module (needs tests that run on Node before 26.1)", () => {
      expect(findings.get("old")).toMatchObject({
        verdict: "absent",
        reason: { en: `Node ${process.versions.node} has no FFI` },
      });
    });
  },
);
