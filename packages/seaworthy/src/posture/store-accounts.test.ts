import { expect, test } from "vitest";
import { postgresAccounts, superuserOf } from "./store-accounts.ts";

const NAMES = ["db", "mydb", ""];
const client = (env: Record<string, string>) => new Map(Object.entries(env));

test.each<[string, Record<string, string>[], string[]]>([
  ["nobody says", [{ PATH: "/bin" }], []],
  ["by the image's own name", [{ POSTGRES_USER: "app" }], ["app"]],
  ["by libpq's", [{ PGUSER: "app" }], ["app"]],
  [
    "with a prefix, and as a URL",
    [{ SHOP_DB_USER: "shop" }, { URL: "postgresql+asyncpg://w%40b:p@mydb:5432/x" }],
    ["shop", "w@b"],
  ],
  ["of another database", [{ DATABASE_URL: "postgres://app:p@elsewhere/x" }], []],
  ["the same twice", [{ DB_USER: "app" }, { DB_USER: "app" }], ["app"]],
  ["nothing, and what is no percent sign", [{ DB_USER: "", A: "postgres://50%:x@db/x" }], ["50%"]],
])("%s", (_, clients, expected) => {
  expect(postgresAccounts(NAMES, clients.map(client))).toEqual(expected);
});

test("a database was set up with whom it names, or with the image's own", () => {
  expect(superuserOf(new Map([["POSTGRES_USER", "owner"]]))).toBe("owner");
  expect(superuserOf(new Map())).toBe("postgres");
});
