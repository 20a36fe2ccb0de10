import { describe, expect, it } from "vitest";
import { writtenPlaces } from "./writable.ts";

describe("written places", () => {
  it.each<[string, readonly string[], Partial<ReturnType<typeof writtenPlaces>>]>([
    [
      "nginx",
      [
        "/run",
        "/run/nginx.pid",
        "/var",
        "/var/cache",
        "/var/cache/nginx",
        "/var/cache/nginx/client_temp",
        "/etc/nginx/conf.d/default.conf",
      ],
      { scratch: ["/run", "/var/cache/nginx"], code: ["/etc/nginx/conf.d/default.conf"] },
    ],
    [
      "a socket's directory",
      ["/run/postgresql", "/run/postgresql/.s.PGSQL.5432"],
      { scratch: ["/run/postgresql"] },
    ],
    ["the old name of /run", ["/var/run/app/app.pid"], { scratch: ["/run/app"] }],
    ["a database's data", ["/var/lib/mysql/ibdata1"], { data: ["/var/lib/mysql"] }],
    ["a cache below data", ["/var/lib/nginx/tmp/body"], { scratch: ["/var/lib/nginx/tmp"] }],
    [
      "uploads",
      ["/app/uploads/x.png", "/app/.cache/x"],
      { data: ["/app/uploads"], scratch: ["/app/.cache"] },
    ],
    ["its own code", ["/app", "/app/src", "/app/src/x.js"], { code: ["/app/src/x.js"] }],
    ["Python's compiled files", ["/app/__pycache__/main.cpython-311.pyc"], {}],
    ["names that begin alike", ["/tmpfiles/x"], { code: ["/tmpfiles/x"] }],
  ])("%s", (_, paths, wanted) => {
    expect(writtenPlaces(paths, [])).toEqual({ scratch: [], data: [], code: [], ...wanted });
  });

  it("leaves mounts out, and does not hide one", () => {
    expect(writtenPlaces(["/data/x", "/var/lib/app/state"], ["/data", "/var/lib/app/files"])).toEqual({
      ...{ scratch: [], data: [], code: ["/var/lib/app/state"] },
    });
  });
});
