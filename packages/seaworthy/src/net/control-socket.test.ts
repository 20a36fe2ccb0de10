import { mkdtempSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { askControl, serveControl } from "./control-socket.ts";

const folder = mkdtempSync(join(tmpdir(), "seaworthy-control-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("questions get answers, also many at once; only the owner may ask", async () => {
  const path = join(folder, "a.sock");
  await using _ = await serveControl(path, async (question) => ({ heard: question }));
  const questions = Array.from({ length: 20 }, (_, index) => ({ index }));
  const answers = await Promise.all(questions.map((one) => askControl(path, one, 5_000)));
  expect(answers).toEqual(questions.map((heard) => ({ heard })));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a fault crosses with its code and hint", async () => {
  const path = join(folder, "b.sock");
  await using _ = await serveControl(path, () =>
    Promise.reject(new Fault({ code: "x/y", message: "expected a, found b", hint: "Do c." })),
  );
  await expect(askControl(path, {}, 5_000)).rejects.toMatchObject({ code: "x/y", hint: "Do c." });
});

test("nobody there is no answer; silence is a fault", async () => {
  expect(await askControl(join(folder, "none.sock"), {}, 5_000)).toBeUndefined();
  const path = join(folder, "c.sock");
  await using _ = await serveControl(path, () => new Promise(() => undefined));
  await expect(askControl(path, {}, 100)).rejects.toThrow(/took too long/);
});

test("garbage is answered with a fault, and does not end the service", async () => {
  const path = join(folder, "d.sock");
  await using _ = await serveControl(path, async () => "fine");
  const answer = await new Promise<string>((resolve) => {
    const socket = connect({ path });
    socket.on("data", (chunk) => resolve(chunk.toString()));
    socket.end("{not json");
  });
  expect(answer).toContain('"fault"');
  expect(await askControl(path, {}, 5_000)).toBe("fine");
});
