import fc from "fast-check";
import { expect, test } from "vitest";
import type { StackService } from "../../engine/stack-service.ts";
import { dependenciesOf, inOrder } from "./order.ts";

const service = (name: string, more: object = {}): StackService =>
  ({ container: { name, extras: {} }, dependsOn: [], ...more }) as unknown as StackService;

test("dependencies come first, the rest stays as given", () => {
  const needs: Record<string, readonly string[]> = { app: ["db", "cache"], db: ["setup"], web: ["app"] };
  expect(inOrder(["web", "app", "db", "setup", "cache"], (name) => needs[name] ?? [])).toEqual([
    ...["setup", "db", "cache", "app", "web"],
  ]);
});

test("a circle is named", () => {
  const needs: Record<string, readonly string[]> = { a: ["b"], b: ["c"], c: ["b"] };
  expect(() => inOrder(["a", "b", "c"], (name) => needs[name] ?? [])).toThrow(/b -> c -> b/);
});

test("in any graph without circles, nobody comes before what it needs", () => {
  const graph = fc
    .integer({ min: 1, max: 12 })
    .chain((size) =>
      fc.tuple(
        fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
        fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1))),
      ),
    );
  fc.assert(
    fc.property(graph, ([names, pairs]) => {
      // Only from higher to lower numbers: no circle can be.
      const needs = (name: string): string[] =>
        pairs.flatMap(([a, b]) => (a > b && String(a) === name ? [String(b)] : []));
      const order = inOrder(names.map(String), needs);
      expect([...order].sort()).toEqual(names.map(String).sort());
      for (const name of order)
        for (const other of needs(name)) expect(order.indexOf(other)).toBeLessThan(order.indexOf(name));
    }),
  );
});

test("a shared namespace is a dependency, an optional service that is not there is none", () => {
  const app = service("app", {
    container: { name: "app", extras: { shareNetwork: "service:vpn", sharePid: "container:0123" } },
    dependsOn: [{ service: "metrics", condition: "healthy", required: false }],
  });
  expect(dependenciesOf(app, [app, service("vpn")])).toEqual([{ service: "vpn", condition: "started" }]);
});

test("a dependency on nobody is named", () => {
  const app = service("app", { dependsOn: [{ service: "db", condition: "started" }] });
  expect(() => dependenciesOf(app, [app])).toThrow(/"app".*\(app\), found "db"/);
});
