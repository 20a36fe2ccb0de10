import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StackService } from "../engine/stack-service.ts";
import { DEFAULT_CAPABILITIES } from "../stack/container.ts";
import { hardened, type Needs } from "./needs.ts";
import { type StackNeeds, searchStack } from "./search-stack.ts";
import { fakeService, fakeWorld, MODEST, missing, type TrueNeeds } from "./world.fixture.ts";

const POSTGRES: TrueNeeds = {
  ...MODEST,
  users: [999],
  capabilities: [["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]],
  writes: ["/run/postgresql/.s.PGSQL.5432"],
  runsAs: [{ uid: 999, gid: 999, groups: [] }],
};
const ROOT_ONLY: TrueNeeds = { ...POSTGRES, users: [] };

async function search(
  services: readonly StackService[],
  needs: Record<string, TrueNeeds>,
): Promise<StackNeeds & { readonly needs: (name: string) => Needs | undefined }> {
  const tryOut = fakeWorld(new Map(Object.entries(needs)));
  const result = await searchStack(services, { project: "p", tryOut });
  return { ...result, needs: (name) => result.found.get(name)?.needs };
}

describe("the search", () => {
  it("finds the user that an entrypoint drops to, and no capability, in two starts", async () => {
    const result = await search([fakeService("db")], { db: POSTGRES });
    expect(result.needs("db")).toMatchObject({
      ...{ user: { uid: 999, gid: 999 }, grants: [], scratch: ["/run/postgresql"], data: [] },
    });
    expect(result.starts).toBe(2);
    expect(result.after.get("db")?.worked).toBe(true);
  });

  it("names the few capabilities of an image that must start as root", async () => {
    const result = await search([fakeService("db")], { db: ROOT_ONLY });
    expect(result.needs("db")?.user.uid).toBe(0);
    expect([...(result.needs("db")?.grants ?? [])].sort()).toEqual(ROOT_ONLY.capabilities[0]);
  });

  it("keeps a declared user, and gives it a group of its own", async () => {
    const app = fakeService("app", { user: { uid: 10_001, gid: 0, groups: [0, 5] } });
    const result = await search([app], { app: MODEST });
    expect(result.needs("app")?.user).toEqual({ uid: 10_001, gid: 10_001, groups: [5] });
  });

  it("learns from last words where a service writes", async () => {
    const app = fakeService("app", { readOnlyRoot: true, user: { uid: 10_001, gid: 10_001, groups: [] } });
    const world: TrueNeeds = { ...MODEST, writes: ["/var/cache/x/y"] };
    const before = {
      ...app,
      container: { ...app.container, mounts: [{ kind: "scratch", target: "/var/cache/x" }] },
    } as StackService;
    expect((await search([before], { app: world })).needs("app")?.scratch).toEqual([]);
    const root = fakeService("app", { user: { uid: 10_001, gid: 10_001, groups: [] } });
    expect((await search([root], { app: world })).needs("app")?.scratch).toEqual(["/var/cache/x"]);
  });

  it("makes a volume for data that had none", async () => {
    const result = await search([fakeService("db")], { db: { ...MODEST, writes: ["/var/lib/db/x"] } });
    expect(result.services[0]?.container.mounts).toContainEqual(
      expect.objectContaining({ kind: "volume", name: "p_db-lib-db", target: "/var/lib/db" }),
    );
  });

  it("keeps the root file system writable for a service that writes into its code, and says so", async () => {
    const result = await search([fakeService("app")], { app: { ...MODEST, writes: ["/srv-code/main.js"] } });
    expect(result.needs("app")?.grants).toEqual(["read-only-root"]);
    expect(result.found.get("app")?.code).toEqual(["/srv-code/main.js"]);
  });

  it.each<[string, readonly number[], Partial<StackService>, readonly string[] | undefined]>([
    ["the one port of who declares none is written down", [6379, 6379], {}, ["6379"]],
    ["a second one may be nobody's wish", [6379, 9229], {}, undefined],
    ["who declares one has said where it listens", [9229], { expose: ["80"] }, ["80"]],
    ["who listens nowhere declares nothing", [], {}, undefined],
  ])("%s", async (_, listens, changes, exposed) => {
    const service = { ...fakeService("app"), ...changes };
    const result = await search([service], { app: { ...MODEST, listens } });
    expect(result.services[0]?.expose).toEqual(exposed);
  });

  it("puts an init in front of who keeps zombies, unless it has to be the first itself", async () => {
    const keeps = { ...MODEST, keepsZombies: true };
    const services = ["keeps", "waits", "first"].map((name) => fakeService(name));
    const result = await search(services, {
      keeps,
      waits: MODEST,
      first: { ...keeps, mustBeFirst: true },
    });
    expect(result.services.map(({ container }) => container.extras?.init)).toEqual([
      true,
      undefined,
      undefined,
    ]);
    expect(result.needs("keeps")?.grants).toEqual([]);
    expect(result.needs("first")?.grants).toEqual(["no-zombies"]);
  });

  it("asks for health by a program that is there", async () => {
    const argv = ["/bin/sh", "-c", "curl -f http://localhost:80/"];
    const healthCheck = { argv, interval: 1, timeout: 1, startPeriod: 1, startInterval: 1, retries: 1 };
    const app = { ...fakeService("app"), healthCheck };
    const found = await search([app], { app: { ...MODEST, healthProgram: "node" } });
    expect(found.services[0]?.healthCheck?.argv[0]).toBe("node");
    expect(found.needs("app")?.user.uid).toBe(10_001);
    const none = search([app], { app: { ...MODEST, healthProgram: "ruby" } });
    await expect(none).rejects.toMatchObject({ code: "harden/not-healthy" });
  });

  it("leaves alone what does not work as it stands, and hardens the rest", async () => {
    const services = [fakeService("broken"), fakeService("app")];
    const result = await search(services, { broken: { ...MODEST, uses: ["nobody"] }, app: MODEST });
    expect(result.found.has("broken")).toBe(false);
    expect(result.services[0]).toEqual(services[0]);
    expect(result.needs("app")).toBeDefined();
  });

  it("says that nothing works", async () => {
    await expect(search([fakeService("a")], { a: { ...MODEST, uses: ["nobody"] } })).rejects.toMatchObject({
      ...{ code: "harden/not-healthy", exit: 2 },
    });
  });

  it("does not blame a service for another that it never said it uses", async () => {
    const services = [fakeService("app"), fakeService("db")];
    const result = await search(services, { db: ROOT_ONLY, app: { ...MODEST, uses: ["db"] } });
    expect(result.needs("app")).toMatchObject({ user: { uid: 10_001 }, grants: [] });
  });

  it("stops when it is told to", async () => {
    const abort = new AbortController();
    const tryOut = fakeWorld(new Map([["a", ROOT_ONLY]]));
    const search = searchStack([fakeService("a")], {
      ...{ project: "p", tryOut, signal: abort.signal },
      onStart: (start) => {
        if (start === 3) abort.abort(new Error("enough"));
      },
    });
    await expect(search).rejects.toThrow("enough");
    expect(tryOut.tried.length).toBe(3);
  });
});

describe("whatever the true needs are", () => {
  const trueNeeds = fc.record<TrueNeeds>({
    users: fc.subarray([999, 10_001]),
    capabilities: fc.array(fc.subarray([...DEFAULT_CAPABILITIES], { maxLength: 4 }), {
      minLength: 1,
      maxLength: 2,
    }),
    writes: fc.subarray(["/tmp/a", "/run/x/pid", "/var/cache/c/d", "/var/lib/e/f", "/usr/own"], {
      maxLength: 3,
    }),
    needsExec: fc.constant(false),
    needsSeccomp: fc.boolean(),
    keepsZombies: fc.constant(false),
    mustBeFirst: fc.constant(false),
    runsAs: fc.constantFrom([], [{ uid: 999, gid: 999, groups: [] }]),
    talks: fc.boolean(),
    uses: fc.constant([]),
  });

  it("what is found works, and no grant of it can be dropped", async () => {
    const stacks = fc.tuple(
      trueNeeds,
      trueNeeds,
      fc.boolean(),
      fc.constantFrom(["db", "app"], ["app", "db"]),
    );
    await fc.assert(
      fc.asyncProperty(stacks, async ([first, second, isUsed, order]) => {
        const services = order.map((name) => fakeService(name, { seccomp: "unconfined" }, []));
        const world = { db: first, app: { ...second, uses: isUsed ? ["db"] : [] } };
        const result = await search(services, world);
        for (const service of services) {
          const { name } = service.container;
          const own = world[name as "db" | "app"];
          const needs = result.needs(name);
          expect(needs).toBeDefined();
          if (needs === undefined) continue;
          expect(missing(hardened(service, needs, "p"), own)).toEqual([]);
          for (const grant of needs.grants) {
            const fewer = { ...needs, grants: needs.grants.filter((one) => one !== grant) };
            expect(missing(hardened(service, fewer, "p"), own)).not.toEqual([]);
          }
          // An ordinary user is never given up for root where one works.
          const seen = own.runsAs.length === 0 ? [10_001] : own.runsAs.map(({ uid }) => uid);
          const reachable = own.users.filter((uid) => seen.includes(uid));
          expect(needs.user.uid !== 0).toBe(reachable.length > 0);
        }
        expect([...result.after.values()].every(({ worked }) => worked)).toBe(true);
        expect(result.starts).toBeLessThanOrEqual(120);
      }),
      { numRuns: 150 },
    );
  });
});
