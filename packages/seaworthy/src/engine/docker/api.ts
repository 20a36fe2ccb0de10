/** One call of the Engine API: versioned path, query, body, and a Fault for whatever does not succeed. */
import type { Duplex, Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "../../fault/fault.ts";
import {
  createDockerTransport,
  type DockerHttpRequest,
  type DockerHttpResponse,
  type DockerTransport,
} from "../../net/docker-transport.ts";
import { readJsonLines, readWhole } from "./bounded.ts";
import type { DockerEndpoint } from "./endpoint.ts";
import { badAnswer, connectionFault, isFault, refusal } from "./engine-fault.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** As the engine's lists and events take them: `{ label: ["dev.seaworthy.project=myapp"] }`. */
export type Filters = Readonly<Record<string, readonly string[]>>;

export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  /** Without the version: `/containers/json`. */
  readonly path: string;
  /** Completes "expected ..., but the engine says": `to start container 3f2a`. */
  readonly asked: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, a tar. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
  /** Statuses beside 2xx that are no failure: 304 of a start or stop that changed nothing. */
  readonly also?: readonly number[];
  /** Whether asking twice is asking once, as it is of every GET. */
  readonly repeatable?: boolean;
}

/** How often, and how many milliseconds apart, a question is put that the engine could not answer for the moment. */
const QUESTIONS = { most: 10, apart: 50 };

export interface Api extends Disposable {
  readonly endpoint: DockerEndpoint;
  /** Negotiated: `1.45`. */
  readonly version: string;
  /** Reads and drops the answer. */
  send(call: ApiCall): Promise<void>;
  /** The answer's JSON, believed to be what the API documents for the call. */
  json<T>(call: ApiCall): Promise<T>;
  /** The answer's body as it arrives; destroy it when it is not read to the end. */
  stream(call: ApiCall): Promise<Readable>;
  /** One JSON value per line. */
  lines(call: ApiCall): AsyncGenerator;
  /** The raw connection. */
  hijack(call: ApiCall): Promise<Duplex>;
  /** What an error met while reading a stream means: a Fault, or the reason of the signal. */
  meaning(call: ApiCall, error: unknown): unknown;
}

/** @param version the negotiated one; left out only to negotiate it */
export function createApi(endpoint: DockerEndpoint, version: string | undefined): Api {
  const transport: DockerTransport = createDockerTransport(endpoint.address);
  const prefix = version === undefined ? "" : `/v${version}`;

  async function answer(call: ApiCall): Promise<DockerHttpResponse> {
    const repeatable = call.repeatable ?? call.method === "GET";
    for (let asked = 1; ; asked++) {
      try {
        return await answerOnce(call);
      } catch (error) {
        if (!repeatable || asked >= QUESTIONS.most || !isFault(error, "docker/just-ended")) throw error;
      }
      await reaching(endpoint, call, () => delay(QUESTIONS.apart, undefined, { signal: call.signal }));
    }
  }

  async function answerOnce(call: ApiCall): Promise<DockerHttpResponse> {
    const response = await reaching(endpoint, call, () => transport.request(toHttp(prefix, call)));
    if (succeeded(response.status, call)) return response;
    throw await refused(response, call);
  }

  return {
    endpoint,
    version: version ?? "",
    async send(call) {
      const { body } = await answer(call);
      await reaching(endpoint, call, () => readWhole(body));
    },
    async json<T>(call: ApiCall) {
      const { body } = await answer(call);
      return reaching(endpoint, call, async () => JSON.parse((await readWhole(body)).toString()) as T);
    },
    stream: async (call) => (await answer(call)).body,
    async *lines(call) {
      const { body } = await answer(call);
      try {
        yield* readJsonLines(body);
      } catch (error) {
        throw asFault(endpoint, call, error);
      } finally {
        body.destroy();
      }
    },
    async hijack(call) {
      const result = await reaching(endpoint, call, () => transport.hijack(toHttp(prefix, call)));
      if ("socket" in result) return result.socket;
      throw await refused(result, call);
    },
    meaning: (call, error) => asFault(endpoint, call, error),
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
}

function succeeded(status: number, call: ApiCall): boolean {
  return (status >= 200 && status < 300) || (call.also ?? []).includes(status);
}

function toHttp(prefix: string, call: ApiCall): DockerHttpRequest {
  const { method, signal } = call;
  const body = call.json === undefined ? call.body : Buffer.from(JSON.stringify(call.json));
  const type =
    call.json === undefined
      ? call.body === undefined
        ? undefined
        : "application/x-tar"
      : "application/json";
  return {
    method,
    path: `${prefix}${call.path}${queryText(call.query ?? {})}`,
    headers: { ...(type === undefined ? {} : { "content-type": type }), ...call.headers },
    signal,
    ...(body === undefined ? {} : { body }),
  };
}

function queryText(query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.size === 0 ? "" : `?${given.toString()}`;
}

/** A value for `filters=`; `undefined` asks for everything. */
export function filterText(filters: Filters | undefined): string | undefined {
  return filters === undefined ? undefined : JSON.stringify(filters);
}

async function refused(response: DockerHttpResponse, call: ApiCall): Promise<Fault> {
  let text: string;
  try {
    text = (await readWhole(response.body, 64 * 1024)).toString().trim();
  } catch {
    text = "";
  }
  return refusal(call.asked, response.status, messageIn(text) ?? `status ${response.status}`);
}

/** Docker's `{"message": ...}`; Podman adds `cause`, which its message repeats. A proxy may send anything. */
function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    if (typeof message === "string" && message !== "") return message;
  } catch {
    // Not JSON: shown as it is.
  }
  return text === "" ? undefined : text.slice(0, 500);
}

async function reaching<T>(endpoint: DockerEndpoint, call: ApiCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFault(endpoint, call, error);
  }
}

function asFault(endpoint: DockerEndpoint, call: ApiCall, error: unknown): unknown {
  if (call.signal?.aborted === true) return call.signal.reason;
  if (error instanceof Fault) return error;
  if (error instanceof SyntaxError) return badAnswer(call.asked, "something that is not JSON");
  if (error instanceof RangeError) return badAnswer(call.asked, error.message);
  return connectionFault(call.asked, endpoint.text, error);
}
