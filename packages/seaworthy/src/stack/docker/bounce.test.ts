import { expect, test } from "vitest";
import { fakeEngine } from "../../engine/docker/fake-engine.fixture.ts";
import { bounceService } from "./bounce.ts";
import { PROJECT, SERVICE } from "./labels.ts";

const IMPROPER =
  '{"message":"container 1 must be in Created or Stopped state to be started: container state improper"}';

/** Of one container, which the engine has started again before it is asked to, or has not. */
function engineWhere(stateAfter: string) {
  let state = "running";
  return fakeEngine({
    answer({ url = "" }, response) {
      const details = {
        ...{ Id: "1", Created: "2026-01-01T00:00:00Z", State: { Status: state } },
        Config: { Labels: { [PROJECT]: "p", [SERVICE]: "app" } },
      };
      if (url.includes("/containers/json")) response.end(JSON.stringify([{ Id: "1", Names: ["/app"] }]));
      else if (url.endsWith("/start")) response.writeHead(500).end(IMPROPER);
      else if (url.includes("/kill")) response.writeHead(204).end();
      else if (url.includes("/wait")) {
        state = stateAfter;
        response.end('{"StatusCode":0}');
      } else response.end(JSON.stringify(details));
    },
  });
}

test("an engine that has started it again already is not told to", async () => {
  await using engine = await engineWhere("running");
  using client = await engine.connect();
  expect(await bounceService(client, "p", "app")).toMatchObject({ code: 0, late: false });
});

test("one that will not start it is told of", async () => {
  await using engine = await engineWhere("exited");
  using client = await engine.connect();
  await expect(bounceService(client, "p", "app")).rejects.toMatchObject({
    code: "docker/conflict",
    message: expect.stringMatching(/state improper/) as string,
  });
});
