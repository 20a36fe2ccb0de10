/** Ways to ask a service that has no health check whether it works, with programs that its image may have. */
import type { StackService } from "../engine/stack-service.ts";

const LOOPBACK = "127.0.0.1";

/**
 * Programs and arguments, the most telling first: of the data store that the port is known for, then whatever can wait for
 * an answer, then whatever can open a connection, which a service that hangs still takes. None needs a password, and each
 * fails where nothing listens.
 * @param ports that it listens on, for others to reach
 */
export function healthPrograms(
  { container: { env }, ports }: StackService,
  listening: readonly number[],
): readonly (readonly string[])[] {
  // What is published is what it is there for.
  const published = ports.map(({ target }) => target).filter((port) => listening.includes(port));
  const [port] = [...published, ...[...listening].sort((a, b) => a - b)];
  if (port === undefined) return [];
  return [...(OF_STORES.get(port)?.(env) ?? []), ...asking(port), ...connecting(port)];
}

type Environment = ReadonlyMap<string, string>;

const OF_STORES: ReadonlyMap<number, (env: Environment) => readonly (readonly string[])[]> = new Map([
  [5432, (env: Environment) => [["pg_isready", "-q", "-h", LOOPBACK, ...whoAndWhere(env)]]],
  [
    6379,
    // With a password, the server's refusal is an answer too; only `-e` takes it for a failure.
    () =>
      ["redis-cli", "valkey-cli"].flatMap((program) => [
        [program, "-e", "ping"],
        [program, "ping"],
      ]),
  ],
  [
    3306,
    () => [
      ["healthcheck.sh", "--connect", "--innodb_initialized"],
      // Ends with 0 also when it is not let in, as documented: the server is there.
      ["mariadb-admin", "ping", "-h", LOOPBACK, "--silent"],
      ["mysqladmin", "ping", "-h", LOOPBACK, "--silent"],
    ],
  ],
]);

/** Otherwise it asks as a user that is not there, and the server notes that down at every check. */
function whoAndWhere(env: Environment): readonly string[] {
  const user = env.get("POSTGRES_USER");
  const database = env.get("POSTGRES_DB");
  return [...(user ? ["-U", user] : []), ...(database ? ["-d", database] : [])];
}

/** Most that speak another protocol answer a line of HTTP too, if only to complain. */
const QUESTION = String.raw`GET / HTTP/1.0\r\n\r\n`;

function asking(port: number): readonly (readonly string[])[] {
  return [
    [
      "python3",
      "-c",
      `import socket; s = socket.create_connection(("${LOOPBACK}", ${port}), 3); s.sendall(b"${QUESTION}"); raise SystemExit(not s.recv(1))`,
    ],
    [
      "node",
      "-e",
      `require("net").connect(${port}, "${LOOPBACK}").on("data", () => process.exit(0)).on("error", () => process.exit(1)).on("end", () => process.exit(1)).write("${QUESTION}")`,
    ],
    ["curl", "-s", "-o", "/dev/null", `http://${LOOPBACK}:${port}/`],
    ["bash", "-c", `exec 3<>/dev/tcp/${LOOPBACK}/${port}; printf '${QUESTION}' >&3; read -r -n 1 -t 3 <&3`],
  ];
}

function connecting(port: number): readonly (readonly string[])[] {
  return [
    ["python3", "-c", `import socket; socket.create_connection(("${LOOPBACK}", ${port}), 3)`],
    [
      "node",
      "-e",
      `require("net").connect(${port}, "${LOOPBACK}", () => process.exit(0)).on("error", () => process.exit(1))`,
    ],
    ["nc", "-z", LOOPBACK, String(port)],
    ["bash", "-c", `exec 3<>/dev/tcp/${LOOPBACK}/${port}`],
  ];
}
