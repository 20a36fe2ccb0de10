import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { parseRights, processesOf, rightsOf, startedWith } from "./processes.ts";

const STATUS = [
  "Name:\tmy worker",
  "Uid:\t100000\t100000\t100000\t100000",
  "Gid:\t100001\t100001\t100001\t100001",
  "Groups:\t100000 7 ",
  "CapInh:\t0000000000000000",
  "CapPrm:\t0000000000000001",
  "CapEff:\t0000000000000000",
  "CapBnd:\t00000000a80425fb",
  "CapAmb:\t0000000000000000",
  "NoNewPrivs:\t1",
  "Seccomp:\t2",
  "Seccomp_filters:\t1",
].join("\n");

test("ids are those of the container, whatever the host calls them", () => {
  const map = "         0     100000      65536";
  const rights = parseRights(7, STATUS, { uids: map, gids: map });
  expect(rights).toMatchObject({
    name: "my worker",
    uids: [0, 0, 0, 0],
    gids: [1, 1, 1, 1],
    groups: [0, 65_534],
  });
  expect(rights).toMatchObject({ noNewPrivileges: true, isFiltered: true });
  expect(rights.capabilities).toEqual([0n, 1n, 0n, 0xa80425fbn, 0n]);
});

test("what a status does not say is not granted", () => {
  expect(parseRights(7, "Name:\tx", { uids: "", gids: "" })).toMatchObject({
    ...{ uids: [], noNewPrivileges: false, isFiltered: false },
    capabilities: [0n, 0n, 0n, 0n, 0n],
  });
});

test("a process and its child are found, with what they were started with", async () => {
  const child = spawn("sh", ["-c", "sleep 30 & wait"], { env: { PATH: process.env["PATH"], SECRET: "a=b" } });
  try {
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    for (let tries = 0; tries < 100 && (await processesOf(pid)).length < 2; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await processesOf(pid)).length).toBe(2);
    expect((await rightsOf(pid))?.uids[0]).toBe(process.getuid?.());
    const started = await startedWith(pid);
    expect(started?.environment).toContainEqual(["SECRET", "a=b"]);
    expect(started?.commandLine).toContain("sleep 30");
  } finally {
    for (const pid of await processesOf(child.pid ?? 0)) process.kill(pid);
    await once(child, "close");
  }
  expect(await rightsOf(child.pid ?? 0)).toBeUndefined();
  expect(await startedWith(child.pid ?? 0)).toBeUndefined();
});
