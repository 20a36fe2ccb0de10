/** A second process in a container: created, started, and attached to, which takes the API two calls. */
import type { Api } from "./api.ts";
import { type Attached, attached } from "./attached.ts";
import { shortId } from "./short-id.ts";

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly user?: string;
  /** `NAME=value`. */
  readonly env?: readonly string[];
  readonly workingDirectory?: string;
  readonly tty?: boolean;
  readonly stdin?: boolean;
  readonly privileged?: boolean;
}

/** A started second process. Its output ends when it does. */
export interface Execution extends Attached {
  readonly id: string;
  /** `code` is `undefined` while it runs; `pid` is the host's number, 0 before it runs. */
  inspect(signal?: AbortSignal): Promise<{ readonly code: number | undefined; readonly pid: number }>;
}

export async function execute(
  api: Api,
  container: string,
  request: ExecRequest,
  signal: AbortSignal | undefined,
): Promise<Execution> {
  const asked = `to run ${request.argv[0] ?? "a program"} in container ${shortId(container)}`;
  const tty = request.tty ?? false;
  const { Id: id } = await api.json<{ readonly Id: string }>({
    method: "POST",
    path: `/containers/${encodeURIComponent(container)}/exec`,
    asked,
    json: {
      Cmd: request.argv,
      AttachStdin: request.stdin ?? false,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      ...(request.user === undefined ? {} : { User: request.user }),
      ...(request.env === undefined ? {} : { Env: request.env }),
      ...(request.workingDirectory === undefined ? {} : { WorkingDir: request.workingDirectory }),
      ...(request.privileged === undefined ? {} : { Privileged: request.privileged }),
    },
    signal,
  });
  const socket = await api.hijack({
    method: "POST",
    path: `/exec/${id}/start`,
    asked,
    json: { Detach: false, Tty: tty },
    signal,
  });
  return {
    ...attached(socket, tty),
    id,
    async inspect(signal) {
      const state = await api.json<{
        readonly Running: boolean;
        readonly ExitCode: number | null;
        readonly Pid?: number;
      }>({ method: "GET", path: `/exec/${id}/json`, asked: `${asked} and end`, signal });
      return { code: state.Running ? undefined : (state.ExitCode ?? undefined), pid: state.Pid ?? 0 };
    },
  };
}
