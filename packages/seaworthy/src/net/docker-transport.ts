/** HTTP to a Docker Engine over its socket file or a TCP port, with the connection handed over when the engine hijacks it. */
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** PEM, as in the files `ca.pem`, `cert.pem` and `key.pem` of a Docker certificate folder. */
export interface DockerTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Whether the engine must show a certificate that the authority signed. */
  readonly verify: boolean;
}

export type DockerAddress =
  | { readonly kind: "unix"; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      /** Before every path of a request; empty for none. */
      readonly base: string;
      readonly tls: DockerTls | undefined;
    };

export interface DockerHttpRequest {
  readonly method: string;
  /** With the query: `/v1.41/containers/json?all=1`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

export interface DockerHttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed, else the connection stays taken. */
  readonly body: Readable;
}

export interface DockerTransport extends Disposable {
  request(call: DockerHttpRequest): Promise<DockerHttpResponse>;
  /** The raw connection after the engine's 101; the answer instead when it refused. */
  hijack(call: DockerHttpRequest): Promise<{ readonly socket: Duplex } | DockerHttpResponse>;
}

/** Milliseconds to wait for a connection. An engine that accepted one may take its time to answer. */
const CONNECT_TIMEOUT = 10_000;

/** Opens nothing by itself; connections are kept between calls until disposed. Rejects with Node's own system errors. */
export function createDockerTransport(address: DockerAddress): DockerTransport {
  const agent = agentFor(address);
  const send = (call: DockerHttpRequest, headers: Readonly<Record<string, string>>): ClientRequest =>
    open(address, agent, { ...call, headers: { ...headers, ...call.headers } });
  return {
    request(call) {
      const outgoing = send(call, {});
      const response = responseTo(outgoing, call);
      writeBody(outgoing, call.body);
      return response;
    },
    hijack(call) {
      const outgoing = send(call, { connection: "Upgrade", upgrade: "tcp" });
      const upgraded = socketOf(outgoing, call);
      const response = responseTo(outgoing, call);
      writeBody(outgoing, call.body);
      return Promise.race([upgraded, response]);
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

function agentFor(address: DockerAddress): Agent {
  const kept = { keepAlive: true, scheduling: "lifo" } as const;
  if (address.kind === "unix" || address.tls === undefined) return new Agent(kept);
  const { ca, cert, key, verify } = address.tls;
  return new TlsAgent({
    ...kept,
    rejectUnauthorized: verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

function open(address: DockerAddress, agent: Agent, call: DockerHttpRequest): ClientRequest {
  const { method, headers } = call;
  const common = { method, headers, agent };
  const outgoing =
    address.kind === "unix"
      ? request({
          ...common,
          headers: { host: "docker", ...headers },
          socketPath: address.path,
          path: call.path,
        })
      : (address.tls === undefined ? request : tlsRequest)({
          ...common,
          host: address.host,
          port: address.port,
          path: `${address.base}${call.path}`,
        });
  outgoing.once("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`there was no connection within ${CONNECT_TIMEOUT / 1000} s`)),
      CONNECT_TIMEOUT,
    );
    const settled = (): void => clearTimeout(timer);
    socket.once("connect", settled).once("close", settled);
  });
  return outgoing;
}

/** Destroys what is going on when the caller gives up; `release` forgets it. */
function whenAborted(call: DockerHttpRequest, stop: (reason: Error) => void): () => void {
  const { signal } = call;
  if (signal === undefined) return () => undefined;
  const abort = (): void =>
    stop(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}

function responseTo(outgoing: ClientRequest, call: DockerHttpRequest): Promise<DockerHttpResponse> {
  const response = new Promise<DockerHttpResponse>((resolve, reject) => {
    let incoming: IncomingMessage | undefined;
    const release = whenAborted(call, (reason) => {
      incoming?.destroy(reason);
      outgoing.destroy(reason);
    });
    outgoing.once("response", (message) => {
      incoming = message;
      message.once("close", release);
      resolve({ status: message.statusCode ?? 0, headers: message.headers, body: message });
    });
    outgoing.once("close", () => {
      if (incoming === undefined) release();
    });
    // Stays: an error after the answer has begun is the body's to report.
    outgoing.on("error", reject);
  });
  response.catch(() => undefined);
  return response;
}

function socketOf(outgoing: ClientRequest, call: DockerHttpRequest): Promise<{ readonly socket: Duplex }> {
  return new Promise((resolve) => {
    outgoing.once("upgrade", (_, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      socket.once(
        "close",
        whenAborted(call, (reason) => socket.destroy(reason)),
      );
      resolve({ socket });
    });
  });
}

/** What goes wrong here is the request's to report; and once there is an answer, that says more than a broken pipe. */
function writeBody(outgoing: ClientRequest, body: DockerHttpRequest["body"]): void {
  if (body === undefined || body instanceof Uint8Array) outgoing.end(body);
  else pipeline(Readable.from(body, { objectMode: false }), outgoing).catch(() => undefined);
}
