/** The Python twin of the original stack, its image made of Debian packages, proves clean: on runc, and on a Docker Engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "@seaworthy/evidence";
import { describe, expect, test } from "vitest";
import { isRoot, sandbox } from "../e2e/cli.ts";
import { DAEMONS } from "./daemons.ts";

const docker = DAEMONS.find(({ name }) => name === "Docker 26");
const reason = docker?.missing();

/** @param engine what the environment says of it */
async function shipped(engine: NodeJS.ProcessEnv, args: readonly string[]): Promise<Report> {
  await using example = await sandbox({ example: "fastapi" });
  try {
    const { code, stdout, stderr } = await example.seaworthy(["ship", ...args], { env: engine });
    expect(code, stdout + stderr).toBe(0);
    return JSON.parse(readFileSync(join(example.project, ".seaworthy/report.json"), "utf8")) as Report;
  } finally {
    await example.seaworthy(["down", "--volumes"], { env: engine });
  }
}

const unproven = ({ findings }: Report): readonly string[] =>
  findings
    .filter(({ verdict }) => verdict !== "held" && verdict !== "absent")
    .map(({ id, verdict }) => `${id} ${verdict}`);

describe.skipIf(!isRoot())("examples/fastapi (needs root)", () => {
  test("on runc every claim is held", { timeout: 300_000 }, async () => {
    expect(unproven(await shipped({ SEAWORTHY_ENGINE: "runc" }, []))).toEqual([]);
  });

  test.skipIf(reason !== undefined)(
    `on Docker 26 what is waived is the way out of what publishes a port, and the machine's address in each network${reason === undefined ? "" : ` (skipped: ${reason})`}`,
    { timeout: 300_000 },
    async () => {
      if (docker === undefined) throw new TypeError("expected Docker 26 among the engines");
      await using daemon = await docker.start(true);
      const engine = { SEAWORTHY_ENGINE: "docker", DOCKER_HOST: daemon.host };
      expect(unproven(await shipped(engine, ["--assemble"]))).toEqual([
        ...["app", "db", "redis"].map((service) => `private-network.host-services/${service} waived`),
        "private-network.way-out/app waived",
      ]);
    },
  );
});
