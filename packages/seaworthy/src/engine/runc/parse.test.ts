import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hostsFile } from "./bundle.ts";
import { capabilitiesOf, grantableCapabilities } from "./capabilities.ts";
import { hierarchies } from "./cgroup.ts";
import { quote } from "./mount-script.ts";
import { placesOf } from "./places.ts";
import { exitStatus } from "./running.ts";
import { lastLogMessage } from "./start-problem.ts";

test("capabilities by their bits", () => {
  expect(capabilitiesOf("0000000000000401")).toEqual(["CHOWN", "NET_BIND_SERVICE"]);
  expect(capabilitiesOf("000001ffffffffff")).toHaveLength(41);
  expect(capabilitiesOf("ffffffffffffffff").at(-1)).toBe("CHECKPOINT_RESTORE");
  expect(capabilitiesOf("0000010000000000")).toEqual(["CHECKPOINT_RESTORE"]);
  expect(grantableCapabilities("CapPrm:\t03\nCapBnd:\t06\n")).toEqual(["DAC_OVERRIDE"]);
  expect(() => grantableCapabilities("Name:\tx\n")).toThrow(/CapPrm/);
});

test.each([
  ["v2", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", ["/sys/fs/cgroup"]],
  [
    "hybrid",
    "1 2 0:1 / /sys/fs/cgroup rw - tmpfs t rw\n3 1 0:2 / /sys/fs/cgroup/pids rw shared:9 - cgroup c rw,pids\n4 1 0:3 / /sys/fs/cgroup/unified rw - cgroup2 c rw",
    ["/sys/fs/cgroup/pids", "/sys/fs/cgroup/unified"],
  ],
  ["none", "1 2 0:1 / / rw - ext4 /dev/cgroup rw\n", []],
])("control group hierarchies: %s", (_, mountinfo, roots) => {
  expect(hierarchies(mountinfo)).toEqual(roots);
});

test.each([
  [0, null, { code: 0, signal: undefined }],
  [3, null, { code: 3, signal: undefined }],
  [137, null, { code: undefined, signal: "SIGKILL" }],
  [143, null, { code: undefined, signal: "SIGTERM" }],
  [255, null, { code: 255, signal: undefined }],
  [null, "SIGKILL", { code: undefined, signal: "SIGKILL" }],
])("runc's exit code %s and signal %s", (code, signal, status) => {
  expect(exitStatus(code, signal)).toEqual(status);
});

test("any word survives the shell", () => {
  const words = fc.array(
    fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(words, (list) => {
      const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${list.map(quote).join(" ")}`]).toString();
      expect(printed.split("\0").slice(0, -1)).toEqual(list);
    }),
    { numRuns: 30 },
  );
});

test("the last error of a log, whatever else is in it", () => {
  const log =
    '{"level":"warning","msg":"w"}\nnot json\n{"level":"error","msg":"first"}\n{"level":"error","msg":"last"}\n{"lev';
  expect(lastLogMessage(log)).toBe("last");
  expect(lastLogMessage("")).toBeUndefined();
});

test("hosts: localhost, the own name, and those given, each once", () => {
  expect(
    hostsFile(
      "app",
      new Map([
        ["app", "127.0.0.1"],
        ["db", "10.0.0.2"],
      ]),
    ),
  ).toBe("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.0.1\tapp\n10.0.0.2\tdb\n");
});

test.each(["", "../x", "a/b", "-x", ".", "a b"])("a project cannot be called %j", (project) => {
  expect(() => placesOf("/run/x", project)).toThrow(TypeError);
});
