import { expect, test } from "vitest";
import { parseAccounts } from "./image-accounts.ts";

test("users with their own group first and what /etc/group adds, groups by name", () => {
  const { accounts, groups } = parseAccounts(
    "root:x:0:0:root:/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n",
    "root:x:0:\nssl-cert:x:104:postgres,other\npostgres:x:999:\n",
  );
  expect(accounts).toEqual([
    { name: "root", uid: 0, gid: 0, groups: [] },
    { name: "postgres", uid: 999, gid: 999, groups: [104] },
  ]);
  expect(groups).toEqual(
    new Map([
      ["root", 0],
      ["ssl-cert", 104],
      ["postgres", 999],
    ]),
  );
});

test.each(["", "root", "root:x:zero:0", "root:x:-1:0", "root:x:99999999999:0", ":x:0:0", "\0\xff"])(
  "a line that is no account gives none: %j",
  (line) => expect(parseAccounts(line, line).accounts).toEqual([]),
);
