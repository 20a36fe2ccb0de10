import { hostname } from "node:os";
import { expect, test } from "vitest";
import { identifyProcess } from "../../shell/process-identity.ts";
import { mayHold } from "./leash.ts";

test.each([
  [`elsewhere/1/1`, true],
  ["what", true],
])("a leash that cannot be looked at may hold: %s", async (id, holds) =>
  expect(await mayHold(id)).toBe(holds),
);

test("a leash of this machine holds while its guard runs", async () => {
  const self = await identifyProcess(process.pid);
  expect(await mayHold(`${hostname()}/${process.pid}/${self?.startTime}`)).toBe(true);
  expect(await mayHold(`${hostname()}/${process.pid}/1`)).toBe(false);
});
