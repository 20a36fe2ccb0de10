/** A container's output as the engine kept it, and as it comes. */
import type { Api, ApiCall } from "./api.ts";
import type { LogOptions } from "./containers.ts";
import { type OutputFrame, readFrames } from "./frames.ts";
import { shortId } from "./short-id.ts";

export async function* readLogs(api: Api, id: string, options: LogOptions): AsyncGenerator<OutputFrame> {
  const { follow, since, until, tail, timestamps, tty = false, signal } = options;
  const call: ApiCall = {
    method: "GET",
    path: `/containers/${encodeURIComponent(id)}/logs`,
    asked: `the output of container ${shortId(id)}`,
    query: { stdout: true, stderr: true, follow, since, until, tail, timestamps },
    signal,
  };
  const body = await api.stream(call);
  try {
    if (!tty) yield* readFrames(body);
    else for await (const data of body as AsyncIterable<Uint8Array>) yield { stream: "stdout", data };
  } catch (error) {
    throw api.meaning(call, error);
  } finally {
    body.destroy();
  }
}
