/** What a stack's supervisor holds, read from the kernel. */
import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLab, hardened, type Lab, traces, whyNotHere } from "../../engine/runc/busybox.fixture.ts";
import { capabilitiesOf } from "../../engine/runc/capabilities.ts";
import { listeningSockets } from "../../net/listeners.ts";
import type { StackSpec } from "../stack-spec.ts";
import { readStack, type StackOptions, startStack, stopStack } from "./stack.ts";
import { stackPlaces } from "./stack-places.ts";
import { supervisorCapabilities } from "./supervisor-capabilities.ts";

const reason = whyNotHere();
const here = reason === undefined ? describe : describe.skip;
const REPOSITORY = fileURLToPath(new URL("../../../../..", import.meta.url));
const CANARY = "SEAWORTHY_TEST_CANARY";

here(`a supervisor${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let lab: Lab;
  let options: StackOptions;
  beforeAll(() => {
    // The supervisor is a program: it runs compiled. A type error elsewhere does not keep it from being written.
    spawnSync("npx", ["tsc", "-b", "packages/seaworthy/tsconfig.build.json"], { cwd: REPOSITORY });
  });
  beforeEach(() => {
    lab = createLab(`supervisor-${process.pid}`);
    options = { ...lab.options, leash: true };
    process.env[CANARY] = "of the caller alone";
  });
  afterEach(async () => {
    delete process.env[CANARY];
    await stopStack(lab.options.project, options);
    expect(traces(lab)).toEqual([]);
    lab[Symbol.dispose]();
  });

  function spec(capabilities: readonly string[] = []): StackSpec {
    const container = hardened(lab.image, "exec sleep 100", { name: "app", capabilities });
    const service = { ports: [], healthCheck: undefined, dependsOn: [], networks: [] };
    return {
      ...{ project: lab.options.project, files: [], networks: new Map(), volumes: new Map() },
      services: [{ ...service, container, restart: { policy: "no" } }],
    };
  }

  /** Every process of ours that the stack has beside its containers: the supervisor, and what keeps the networks. */
  async function start(
    declared: StackSpec,
  ): Promise<{ supervisor: number; keeper: number } & AsyncDisposable> {
    const stack = await startStack(declared, options);
    const { services } = await stack.waitHealthy({ timeout: 10_000 });
    const state = await readStack(lab.options.project, options);
    return {
      supervisor: state?.supervisor.pid ?? 0,
      keeper: Number(services[0]?.network?.split("/")[2]),
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  }

  const environment = (pid: number): string => readFileSync(`/proc/${pid}/environ`, "latin1");

  /** `CapBnd`, `CapEff`, ... by their names. */
  function capabilities(pid: number, set: string): readonly string[] {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return capabilitiesOf(new RegExp(`^${set}:\\s+(\\S+)`, "m").exec(status)?.[1] ?? "0");
  }

  test("has nothing of its caller's environment", async () => {
    await using stack = await start(spec());
    expect(environment(process.pid) === "" || process.env[CANARY]).toBe("of the caller alone");
    const names = environment(stack.supervisor)
      .split("\0")
      .map((one) => one.split("=")[0]);
    // PWD and the like are the shell's, the other two are how Node speaks to a child of its own.
    const known = [
      "",
      "PATH",
      "PWD",
      "OLDPWD",
      "SHLVL",
      "_",
      "NODE_CHANNEL_FD",
      "NODE_CHANNEL_SERIALIZATION_MODE",
    ];
    expect(names.filter((name) => !known.includes(name ?? ""))).toEqual([]);
    expect(environment(stack.keeper)).toMatch(/^PATH=[^\0]*\0$/);
  });

  test("can gain no capability but those that it needs and its services are given", async () => {
    await using stack = await start(spec(["SYS_TIME"]));
    const allowed = supervisorCapabilities(spec(["SYS_TIME"]));
    expect(allowed).toContain("SYS_TIME");
    for (const set of ["CapBnd", "CapPrm", "CapEff"]) {
      const held = capabilities(stack.supervisor, set);
      expect(
        held.filter((name) => !allowed.includes(name)),
        set,
      ).toEqual([]);
      expect(held, set).toContain("SYS_ADMIN");
    }
  });

  test("without such a service it has none of them; we who started it have", async () => {
    await using stack = await start(spec());
    const gone = ["SYS_MODULE", "SYS_RAWIO", "SYS_BOOT", "SYS_TIME", "MAC_ADMIN"];
    const held = capabilities(stack.supervisor, "CapBnd");
    expect(held.filter((name) => gone.includes(name))).toEqual([]);
    expect(capabilities(process.pid, "CapBnd").filter((name) => gone.includes(name))).not.toEqual([]);
  });

  test("reads from nobody, listens on no network, and its socket is its owner's alone", async () => {
    await using stack = await start(spec());
    expect(readlinkSync(`/proc/${stack.supervisor}/fd/0`)).toBe("/dev/null");
    expect(await listeningSockets(stack.supervisor, [stack.supervisor])).toEqual([]);
    expect(await listeningSockets("self", [stack.supervisor])).toEqual([]);
    const { folder, control } = stackPlaces(lab.options.runRoot, lab.options.project);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(control).isSocket()).toBe(true);
  });

  test("mounts where nobody else sees it, in a network of its own", async () => {
    await using stack = await start(spec());
    for (const kind of ["mnt", "net"]) {
      expect(readlinkSync(`/proc/${stack.supervisor}/ns/${kind}`)).not.toBe(
        readlinkSync(`/proc/self/ns/${kind}`),
      );
    }
    expect(readFileSync(`/proc/${stack.keeper}/status`, "utf8")).toMatch(/^NoNewPrivs:\s+1$/m);
  });
});
