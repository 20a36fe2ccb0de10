import { expect, test } from "vitest";
import type { StackService } from "../engine/stack-service.ts";
import { addresses } from "./exercise.ts";

function service(name: string, ...ports: readonly [published: number, target: number][]): StackService {
  return {
    container: { name },
    ports: ports.map(([published, target]) => ({ address: "127.0.0.2", published, target })),
  } as unknown as StackService;
}

test("an exercise is told where the copy listens, in names that a shell takes", () => {
  const services = [
    service("app", [40_001, 8000], [40_002, 9090]),
    service("web-front.1", [40_003, 80]),
    service("db"),
  ];
  expect(addresses(services)).toEqual({
    SEAWORTHY_APP_8000: "127.0.0.2:40001",
    SEAWORTHY_APP_9090: "127.0.0.2:40002",
    SEAWORTHY_WEB_FRONT_1_80: "127.0.0.2:40003",
  });
});
