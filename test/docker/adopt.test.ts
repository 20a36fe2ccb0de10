/** Containers that `docker run` has made, adopted, and made once more by Docker Compose: the engine says the same of both. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hexOf } from "../../packages/seaworthy/src/content/digest.ts";
import { createLab } from "../../packages/seaworthy/src/engine/runc/busybox.fixture.ts";
import { portableProfile } from "../../packages/seaworthy/src/posture/seccomp/portable.ts";
import { isRoot, type Result, runSeaworthy } from "../e2e/cli.ts";
import { type Docker, hasCompose, hasDockerd, startDockerd } from "./dockerd.ts";

const IMAGE = "team/busybox:1";
const OF_THE_IMAGE = [
  'ENTRYPOINT ["/bin/sh", "-c"]',
  'CMD ["sleep 60"]',
  "ENV FROM=image",
  "USER 7:7",
  "WORKDIR /data",
  'HEALTHCHECK --interval=9s CMD ["true"]',
];
const SECCOMP = "profile.json";

/** By container, what `docker run` is given before the image, and after it. */
const CONTAINERS: Readonly<Record<string, readonly [options: string, words: readonly string[]]>> = {
  plain: ["", []],
  hardened: [
    [
      "--read-only --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges",
      `--security-opt seccomp=${SECCOMP} --pids-limit 64 --memory 64m --memory-swap 64m --cpus 0.5 --shm-size 8m`,
      "--user 10001:10001 --group-add 9 --tmpfs /tmp:size=1m,mode=1777,noexec --init --ulimit nofile=64:128",
      "--network shop --restart on-failure:5 --publish 127.0.0.1:PORT:80 --publish 127.0.0.1:PORT2:53/udp",
      "--mount type=volume,source=kept,target=/data,readonly --stop-signal SIGTERM --health-interval 3s",
      "--health-cmd true --health-retries 2 --env OWN=a$b --sysctl net.ipv4.ip_unprivileged_port_start=0",
    ].join(" "),
    ["echo $HOME; sleep 60"],
  ],
  odd: [
    [
      "--privileged --network host --pid host --ipc host --uts host --security-opt seccomp=unconfined",
      "--volume /etc:/host:ro --volume /scratch --entrypoint /bin/sleep --no-healthcheck --workdir /",
      "--add-host db:10.0.0.9 --oom-score-adj 100 --env FROM=run",
    ].join(" "),
    ["60"],
  ],
  lonely: ["--network none --restart unless-stopped --device /dev/null:/dev/none:r --userns host", []],
};

const reason = !isRoot()
  ? "needs root"
  : !hasDockerd()
    ? "needs dockerd (apt-get install docker.io)"
    : hasCompose()
      ? undefined
      : "needs docker compose, see .ci/trixie-tools";

describe.skipIf(reason !== undefined)(`adopt${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let engine: Docker;
  let folder: string;
  let adopted: Result;
  const names = Object.keys(CONTAINERS);

  beforeAll(async () => {
    engine = await startDockerd();
    folder = mkdtempSync(join(tmpdir(), "adopt-"));
    const lab = createLab();
    const layer = join(lab.options.layerRoot, hexOf(lab.image.layers[0]?.diffId ?? ("" as never)));
    const tar = execFileSync("tar", ["--directory", layer, "--create", "."], { maxBuffer: 2 ** 26 });
    lab[Symbol.dispose]();
    const changes = OF_THE_IMAGE.flatMap((line) => ["--change", line]);
    engine.docker(["import", ...changes, "-", IMAGE], { input: tar });
    engine.docker(["network", "create", "shop"]);
    engine.docker(["volume", "create", "kept"]);
    writeFileSync(join(folder, SECCOMP), JSON.stringify(portableProfile()));
    for (const [name, [options, words]] of Object.entries(CONTAINERS)) {
      const given = options.replace("PORT2", "18053").replace("PORT", "18080").split(" ").filter(Boolean);
      engine.docker(["run", "--detach", "--name", name, ...given, IMAGE, ...words], { cwd: folder });
    }
    adopted = await runSeaworthy(["adopt", ...names, "--output", "shop"], {
      cwd: folder,
      env: { DOCKER_HOST: engine.host },
    });
    expect(adopted.code, adopted.stderr).toBe(0);
    // One port is one container's.
    engine.docker(["stop", "--time", "1", ...names]);
    engine.docker(["compose", "--project-name", "again", "create"], { cwd: join(folder, "shop") });
  }, 180_000);
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(names)("%s is the same when Compose makes it", (name) => {
    expect(saidOf(engine, `again-${name}-1`)).toEqual(saidOf(engine, name));
  });

  test("what the image and the engine give anyway is not written", () => {
    const text = readFileSync(join(folder, "shop/compose.yaml"), "utf8");
    expect(text).toContain("  plain:\n    image: team/busybox:1\n  hardened:\n");
    expect(adopted.stdout).toContain("go on with: seaworthy prove shop");
    expect(statSync(join(folder, "shop")).mode & 0o777).toBe(0o700);
  });

  test("it can be checked at once, and what is there is not overwritten", async () => {
    const env = { DOCKER_HOST: engine.host };
    const checked = await runSeaworthy(["check", "shop", "--json"], { cwd: folder, env });
    expect(checked.code, checked.stderr).toBe(1);
    const { findings } = JSON.parse(checked.stdout) as { findings: { id: string; verdict: string }[] };
    const verdict = (id: string) => findings.find((one) => one.id === id)?.verdict;
    expect(verdict("read-only-root.compose/plain")).toBe("breached");
    expect(verdict("read-only-root.compose/hardened")).toBe("held");
    expect(verdict("host-paths.compose/odd")).toBe("breached");
    const again = await runSeaworthy(["adopt", "plain", "-o", "shop"], { cwd: folder, env });
    expect([again.code, again.stderr]).toEqual([
      3,
      expect.stringMatching(/expected no file at shop\/compose\.yaml/),
    ]);
  });

  test("one that is not there is said to be", async () => {
    const { code, stderr } = await runSeaworthy(["adopt", "nobody"], {
      cwd: folder,
      env: { DOCKER_HOST: engine.host },
    });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/No such container: nobody/)]);
  });
});

const OF_THE_HOST = (
  "CapAdd CapDrop CgroupnsMode Devices ExtraHosts GroupAdd Init IpcMode Memory MemorySwap NanoCpus OomScoreAdj PidMode " +
  "PidsLimit PortBindings Privileged ReadonlyRootfs RestartPolicy SecurityOpt ShmSize Sysctls Tmpfs Ulimits UsernsMode UTSMode"
).split(" ");
const OF_THE_PROGRAM = "User Entrypoint Cmd WorkingDir StopSignal Healthcheck Image".split(" ");

interface Inspected {
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Config: Readonly<Record<string, unknown>> & { readonly Env: readonly string[] };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
}

/** What matters of it, in one spelling: an empty list, none and null are the same to the engine, and so are names with a prefix. */
function saidOf(engine: Docker, name: string): object {
  const [whole] = JSON.parse(engine.docker(["inspect", name])) as [Inspected];
  const picked = (from: Readonly<Record<string, unknown>>, keys: readonly string[]): object =>
    Object.fromEntries(keys.map((key) => [key, plain(from[key])]));
  const networks = Object.keys(whole.NetworkSettings.Networks).map((one) =>
    one === "again_default" ? "bridge" : one,
  );
  return {
    ...picked(whole.HostConfig, OF_THE_HOST),
    ...picked(whole.Config, OF_THE_PROGRAM),
    environment: whole.Config.Env.toSorted(),
    networks,
    mounts: whole.Mounts.map(({ Type, Name = "", Source, Destination, RW }) =>
      [Type, Type === "bind" ? Source : Name.length === 64 ? "anonymous" : Name, Destination, RW].join(" "),
    ).toSorted(),
  };
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(plain);
  if (typeof value === "string")
    return value === "" || value === "no" ? undefined : value.replace(/^CAP_/, "");
  if (typeof value !== "object" || value === null)
    return value === null || value === false ? undefined : value;
  const entries = Object.entries(value).map(([key, one]) => [key, plain(one)] as const);
  const kept = entries.filter(([, one]) => one !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
