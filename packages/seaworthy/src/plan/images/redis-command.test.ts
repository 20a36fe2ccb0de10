import { expect, test } from "vitest";
import { officialCommand } from "./redis-command.ts";

test.each([
  ["redis-server", "redis-server --protected-mode no"],
  ["redis-server --appendonly yes", "redis-server --protected-mode no --appendonly yes"],
  ["/usr/bin/redis-server --save 60 1", "/usr/bin/redis-server --protected-mode no --save 60 1"],
  ["--appendonly yes", "redis-server --protected-mode no --appendonly yes"],
  ["redis-server --protected-mode yes", "redis-server --protected-mode yes"],
  ["redis-server --port 7000 --protected-mode no", "redis-server --port 7000 --protected-mode no"],
  ["redis-server /etc/redis.conf --port 7000", "redis-server /etc/redis.conf --port 7000"],
  ["/etc/redis.conf", "redis-server /etc/redis.conf"],
  ["redis-server -", "redis-server -"],
  ["redis-cli monitor", "redis-cli monitor"],
  ["/data/my-redis-server-check", "/data/my-redis-server-check"],
])("%s", (written, made) => {
  expect(officialCommand(written.split(" ")).join(" ")).toBe(made);
});
