/** The stand-ins behave as their originals are documented to, and the report's own setup shows its contradictions on them. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAEMONS, type Daemon } from "../docker/daemons.ts";
import { type BaseName, makeBase } from "./bases.ts";
import { hasProgram, run } from "./debian-root.ts";

const [ENGINE] = DAEMONS;
const reason = ENGINE?.missing() ?? (hasProgram("mmdebstrap", "--version") ? undefined : "needs mmdebstrap");
const LEGACY = join(import.meta.dirname, "../../examples/legacy-fastapi");
/** A request from within: engines that run side by side may give out the same addresses. */
const GET = "exec 3<>/dev/tcp/127.0.0.1/80; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3";
const MAKING = { timeout: 180_000 };

let daemon: Daemon;
let scratch: string;

/** The words of `line`, then `more` as they are. */
function docker(line: string, ...more: readonly string[]): Promise<string> {
  const env = { ...process.env, DOCKER_HOST: daemon.host };
  return run("docker", [...line.split(" "), ...more], { cwd: scratch, env });
}

function make(name: BaseName): Promise<void> {
  return makeBase(name, { cacheDir: join(tmpdir(), "seaworthy-lab"), dockerHost: daemon.host });
}

describe.skipIf(reason !== undefined)(
  `official images' stand-ins${reason ? ` (skipped: ${reason})` : ""}`,
  () => {
    beforeAll(async () => {
      if (ENGINE === undefined) throw new Error("expected an engine to test with, found none");
      scratch = await mkdtemp(join(tmpdir(), "bases-"));
      daemon = await ENGINE.start(true);
    });
    afterAll(async () => {
      await daemon?.[Symbol.asyncDispose]();
      await rm(scratch, { recursive: true, force: true });
    }, 60_000);

    test(
      "postgres: sets up once as root, serves as postgres, runs what it is given at first",
      MAKING,
      async () => {
        await make("postgres:15");
        await mkdir(join(scratch, "first"));
        await writeFile(join(scratch, "first/1.sql"), "CREATE TABLE made (id int);\n");
        await writeFile(join(scratch, "password"), "it's-a-secret\n");
        const query = (id: string, sql: string): Promise<string> =>
          docker(`exec --env PGPASSWORD=it's-a-secret ${id} psql -h 127.0.0.1 -U me -d mydb -Atc`, sql);
        await running(
          `--env POSTGRES_USER=me --env POSTGRES_DB=mydb --env POSTGRES_PASSWORD_FILE=/password ` +
            `--volume ${scratch}/password:/password:ro --volume ${scratch}/first:/docker-entrypoint-initdb.d:ro postgres:15`,
          (id) => query(id, "SELECT 1"),
          async (id) => {
            expect(await query(id, "SELECT count(*) FROM made")).toBe("0\n");
            expect(await usersOf(id)).not.toContain("0 postgres");
            expect(await usersOf(id)).toContain("999 postgres");
            await docker(`stop ${id}`);
            expect(await docker(`inspect --format {{.State.ExitCode}} ${id}`)).toBe("0\n");
          },
        );
        await expect(once("postgres:15")).rejects.toThrow(/superuser password is not specified/);
        await expect(once("--cap-drop=ALL --env=POSTGRES_PASSWORD=x postgres:15")).rejects.toThrow(
          /Operation not permitted/,
        );
      },
    );

    test.each([
      ["redis:8", "redis"],
      ["valkey/valkey:8", "valkey"],
    ] as const)("%s: hands /data over and gives up root", MAKING, async (image, name) => {
      await make(image);
      await running(
        `${image} --appendonly yes`,
        (id) => docker(`exec ${id} ${name}-cli -e ping`),
        async (id) => {
          expect(await usersOf(id)).toEqual([`999 ${name}-server`]);
          expect(await docker(`exec ${id} stat -c %U /data/appendonlydir`)).toBe(`${name}\n`);
        },
      );
      await expect(once(`--cap-drop=ALL ${image}`)).rejects.toThrow(/setpriv/);
      expect(await once(`--cap-drop=ALL --user=999:999 ${image} ${name}-server --version`)).toMatch(/v=8/);
    });

    test("nginx: a master as root, workers as nginx, a page on port 80", MAKING, async () => {
      await make("nginx:1.22");
      await running(
        "nginx:1.22",
        async (id) => expect(await docker(`exec ${id} bash -c`, GET)).toContain("200 OK"),
        async (id) => {
          expect(new Set(await usersOf(id))).toEqual(new Set(["0 nginx", "101 nginx"]));
          expect(await docker(`logs ${id}`)).toContain("GET / HTTP/1.0");
        },
      );
      await expect(once("--cap-drop=ALL nginx:1.22")).rejects.toThrow(/chown.*not permitted/);
    });

    test("mariadb: sets up once, serves as mysql", MAKING, async () => {
      await make("mariadb:10.11");
      const settings = { ROOT_PASSWORD: "root's", DATABASE: "mydb", USER: "me", PASSWORD: "it's" };
      const env = Object.entries(settings).map(([name, value]) => `--env MARIADB_${name}=${value}`);
      await running(
        `${env.join(" ")} mariadb:10.11`,
        (id) => docker(`exec ${id} mariadb -h127.0.0.1 -ume -pit's mydb -e`, "SELECT 1"),
        async (id) => expect(await usersOf(id)).toEqual(["999 mariadbd"]),
      );
      await expect(once("mariadb:10.11")).rejects.toThrow(/password option is not specified/);
    });

    test("node: runs what it is told, has npm", MAKING, async () => {
      await make("node:24-slim");
      expect(await once("node:24-slim -p process.versions.node")).toMatch(/^24\./);
      expect(await once("node:24-slim npm --version")).toMatch(/^\d+\./);
    });

    describe.skipIf(!hasProgram("docker", "compose", "version"))(
      "the report's own setup (needs docker compose)",
      () => {
        const compose = (words: string): Promise<string> =>
          docker(
            `compose --project-directory ${scratch}/legacy --file ${scratch}/legacy/docker-compose.yml ${words}`,
          );

        beforeAll(async () => {
          for (const name of ["python:3.11-slim", "postgres:15", "redis:8"] as const) await make(name);
          await cp(LEGACY, join(scratch, "legacy"), { recursive: true });
          const file = join(scratch, "legacy/docker-compose.yml");
          // Free ports, as the report's own may be taken; and pip finds what it needs in the base.
          const text = (await readFile(file, "utf8")).replaceAll(/"\d+:(\d+)"/g, '"127.0.0.1::$1"');
          await writeFile(file, text.replace("build: .", "build: { context: ., network: none }"));
          await compose("up --detach --build");
        }, 240_000);
        afterAll(() => compose("down --volumes"), 60_000);

        test("the app is unhealthy, for want of curl, while it answers", { timeout: 120_000 }, async () => {
          await until(
            async () =>
              expect(await docker("inspect --format {{.State.Health.Status}} myapp")).toBe("unhealthy\n"),
            () => compose("logs"),
          );
          expect(await docker("inspect --format", "{{json .State.Health.Log}}", "myapp")).toContain(
            "curl: not found",
          );
          expect(await get("/health")).toBe('{"status":"ok"}');
          expect(await get("/ready")).toBe('{"status":"ok"}');
        });

        test("pip is in the image, and all that it brought is there twice", async () => {
          expect((await once("--entrypoint=ls myapp:prod /usr/local/bin")).split("\n")).toContain("pip");
          expect(Number(await docker("image inspect --format {{.Size}} myapp:prod"))).toBeGreaterThan(
            150_000_000,
          );
        });

        async function get(path: string): Promise<string> {
          const [address = ""] = (await docker("port myapp 8000")).match(/127\.0\.0\.1:\d+/) ?? [];
          const answer = await fetch(`http://${address}${path}`, { signal: AbortSignal.timeout(5000) });
          return await answer.text();
        }
      },
    );
  },
);

/** Runs a container without a network until `ready` does not throw, looks, and removes it with its volumes. */
async function running(
  options: string,
  ready: (id: string) => Promise<unknown>,
  look: (id: string) => Promise<void>,
): Promise<void> {
  const id = (await docker(`run --detach --network=none ${options}`)).trim();
  try {
    await until(
      () => ready(id),
      () => docker(`logs ${id}`),
    );
    await look(id);
  } finally {
    await docker(`rm --force --volumes ${id}`);
  }
}

/** What a container without a network prints; throws what it complains about when it fails. */
function once(options: string): Promise<string> {
  return docker(`run --rm --network=none ${options}`);
}

/** Of each process, the user as the host sees it, and the program. */
async function usersOf(id: string): Promise<readonly string[]> {
  const lines = (await docker(`top ${id} -eo pid,uid,comm`)).trim().split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/).slice(1).join(" "));
}

async function until(works: () => Promise<unknown>, explain: () => Promise<string>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await works();
      return;
    } catch (error) {
      if (tries === 120) throw new Error(await explain(), { cause: error });
      await sleep(500);
    }
  }
}
