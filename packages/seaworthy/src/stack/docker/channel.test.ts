import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createChannel } from "./channel.ts";

test("values come in order, then the end", async () => {
  const channel = createChannel<number>();
  const sending = (async () => {
    for (let value = 0; value < 1000; value += 1) await channel.send(value);
    channel.close();
  })();
  const got: number[] = [];
  for await (const value of channel) got.push(value);
  await sending;
  expect(got).toEqual([...Array(1000).keys()]);
});

test("writers are held back while nobody reads, and let go when the reader leaves", async () => {
  const channel = createChannel<number>();
  let sent = 0;
  const sending = (async () => {
    for (; sent < 1000; sent += 1) await channel.send(sent);
  })();
  await delay(20);
  expect(sent).toBeLessThan(1000);
  for await (const value of channel) if (value === 3) break;
  await sending;
  expect(sent).toBe(1000);
});

test("an error comes after what was sent before it", async () => {
  const channel = createChannel<string>();
  void channel.send("first");
  channel.close(new Error("the engine has gone"));
  const got: string[] = [];
  await expect(
    (async () => {
      for await (const value of channel) got.push(value);
    })(),
  ).rejects.toThrow("the engine has gone");
  expect(got).toEqual(["first"]);
});
