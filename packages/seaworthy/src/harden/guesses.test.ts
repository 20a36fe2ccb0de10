import { describe, expect, it } from "vitest";
import { guessCapabilities, guessPaths } from "./guesses.ts";

describe("capabilities from last words", () => {
  it.each<[string, readonly string[]]>([
    ["chown: changing ownership of '/var/lib/postgresql/data': Operation not permitted", ["CHOWN"]],
    ["error: failed switching to 'postgres': operation not permitted", ["SETUID", "SETGID"]],
    ["su-exec: setgroups: Operation not permitted", ["SETUID", "SETGID"]],
    ["find: '/data/appendonlydir': Permission denied", ["DAC_OVERRIDE"]],
    [
      "nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)",
      ["NET_BIND_SERVICE", "DAC_OVERRIDE"],
    ],
    ["chmod: changing permissions of '/data': Operation not permitted", ["FOWNER"]],
    ["something: Operation not permitted", ["CHOWN", "SETUID", "SETGID"]],
    ["ready to accept connections", []],
    ["chown is a fine program", []],
  ])("%s", (line, capabilities) => {
    expect(guessCapabilities([line])).toEqual(capabilities);
  });
});

describe("paths from last words", () => {
  it.each<[string, readonly string[]]>([
    ['nginx: [emerg] open() "/run/nginx.pid" failed (30: Read-only file system)', ["/run/nginx.pid"]],
    ["mkdir: cannot create directory '/var/cache/app': Read-only file system", ["/var/cache/app"]],
    ["Error: EROFS: read-only file system, open '/app/logs/a b.log'", ["/app/logs/a"]],
    ["OSError: [Errno 30] Read-only file system: '/srv/x.db'", ["/srv/x.db"]],
    ["see https://example.com/a/b: Read-only file system", []],
    ["open /etc/passwd: Permission denied", []],
    ["No usable temporary directory found in ['/tmp', '/var/tmp', '/usr/tmp', '/app']", ["/tmp"]],
  ])("%s", (line, paths) => {
    expect(guessPaths([line])).toEqual(paths);
  });
});
