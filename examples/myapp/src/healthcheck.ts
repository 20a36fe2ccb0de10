/** A health check for images without a shell or curl: exits 0 only when `/health` answers exactly right. */
import { get } from "node:http";
import { readListenConfig } from "./config.ts";

const EXPECTED = '{"status":"ok"}';
const TIMEOUT_MS = 2_000;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const { port } = readListenConfig(process.env);
const options = {
  host: "127.0.0.1",
  port,
  path: "/health",
  agent: false,
  signal: AbortSignal.timeout(TIMEOUT_MS),
};

get(options, (response) => {
  let body = "";
  response.setEncoding("utf8");
  response.on("error", (error) => fail(error.message));
  response.on("data", (chunk: string) => {
    body += chunk;
    if (body.length > EXPECTED.length) fail(`expected ${EXPECTED}, found a longer answer`);
  });
  response.on("end", () => {
    if (response.statusCode !== 200 || body !== EXPECTED) {
      fail(`expected 200 ${EXPECTED}, found ${response.statusCode} ${body}`);
    }
  });
}).on("error", (error) => fail(error.message));
