import { expect, test } from "vitest";
import { readDependencies, writeDependencies } from "./labels.ts";

test("dependencies are written and read as Compose does", () => {
  const label = writeDependencies([
    { service: "db", condition: "healthy", restart: true },
    { service: "setup", condition: "completed" },
  ]);
  expect(label).toBe("db:service_healthy:true,setup:service_completed_successfully:false");
  expect(readDependencies(label)).toEqual([
    { service: "db", restart: true },
    { service: "setup", restart: false },
  ]);
  expect(["", undefined, ",,", ":x:true"].map(readDependencies)).toEqual([[], [], [], []]);
});
