import { expect, test } from "vitest";
import { toStats } from "./stats.ts";

test.each([
  ["cgroup v1", { usage: 1000, stats: { total_inactive_file: 300, inactive_file: 1 } }, 700],
  ["cgroup v2", { usage: 1000, stats: { inactive_file: 400 } }, 600],
  ["no detail", { usage: 1000 }, 1000],
  ["nothing", {}, 0],
])("a reading on %s", (_, memory, expected) => {
  const cpu = { cpu_usage: { total_usage: 2_500_000 } };
  const stats = {
    read: "",
    cpu_stats: cpu,
    precpu_stats: cpu,
    memory_stats: memory,
    pids_stats: { current: 3 },
  };
  expect(toStats("app", { HostConfig: { Memory: 0, PidsLimit: 32 } }, stats)).toEqual({
    ...{
      service: "app",
      cpuTime: 2.5,
      memory: expected,
      memoryLimit: undefined,
      processes: 3,
      processLimit: 32,
    },
  });
});
