#!/usr/bin/env node
// Says clearly what is missing before any newer syntax or import can fail in its stead.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 20)) {
  console.error(`seaworthy: expected Node 20.20 or newer, found ${process.versions.node}`);
  process.exit(3);
}
// A reader that has seen enough (`| head`) is no error; what is under way is finished all the same.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
});
try {
  const { main } = await import("../dist/cli/main.js");
  process.exitCode = await main(process.argv.slice(2), process);
} catch (error) {
  if (error?.code !== "ERR_MODULE_NOT_FOUND" || !String(error.message).includes("dist/cli/main.js"))
    throw error;
  console.error("seaworthy: expected the built program in dist/, found none; run npm ci, or npm run build");
  process.exitCode = 3;
}
