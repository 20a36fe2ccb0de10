/** Follows what a builder says, line by line: what it is doing, what the steps print, and where it failed. */
import { decodeTrace } from "./buildkit-trace.ts";

export interface BuildWatch {
  /** One value of the answer to `POST /build`. */
  line(value: unknown): void;
  /** What the builder says went wrong, when something did. */
  error(): string | undefined;
  failedStep(): string | undefined;
  /** The last lines that the failed step printed. */
  lastOutput(): string;
}

const KEPT = 15;

interface BuildLine {
  readonly id?: string;
  readonly aux?: unknown;
  readonly stream?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

export function watchClassic(onProgress: (line: string) => void): BuildWatch {
  let error: string | undefined;
  let step: string | undefined;
  const output = new Tail();
  return {
    line(value) {
      const { stream = "", ...rest } = value as BuildLine;
      error ??= errorIn(rest);
      for (const text of linesOf(stream)) {
        onProgress(text);
        const started = /^step \d+\/\d+ ?: (.*)$/i.exec(text)?.[1];
        if (started === undefined) output.add("", text);
        else {
          step = started;
          output.clear("");
        }
      }
    },
    error: () => error,
    failedStep: () => (error === undefined ? undefined : step),
    lastOutput: () => output.of(""),
  };
}

export function watchBuildKit(onProgress: (line: string) => void): BuildWatch {
  let error: string | undefined;
  let failed: { readonly digest: string; readonly name: string } | undefined;
  const announced = new Set<string>();
  const output = new Tail();
  return {
    line(value) {
      const line = value as BuildLine;
      error ??= errorIn(line);
      if (line.id !== "moby.buildkit.trace" || typeof line.aux !== "string") return;
      const { steps, logs } = decodeTrace(Buffer.from(line.aux, "base64"));
      for (const step of steps) {
        if ((step.started || step.cached) && !announced.has(step.digest)) {
          announced.add(step.digest);
          onProgress(step.cached ? `${step.name} (cached)` : step.name);
        }
        // Steps that were only stopped because of the one that failed say so too.
        if (step.error !== "" && !/context canceled/.test(step.error)) failed = step;
      }
      for (const { step, text } of logs) {
        for (const one of linesOf(text)) {
          onProgress(one);
          output.add(step, one);
        }
      }
    },
    error: () => error,
    failedStep: () => failed?.name,
    lastOutput: () => (failed === undefined ? "" : output.of(failed.digest)),
  };
}

function errorIn(line: BuildLine): string | undefined {
  return line.errorDetail?.message ?? line.error;
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

/** The last lines of each step. */
class Tail {
  readonly #lines = new Map<string, string[]>();

  add(step: string, line: string): void {
    const lines = this.#lines.get(step) ?? [];
    lines.push(line);
    if (lines.length > KEPT) lines.shift();
    this.#lines.set(step, lines);
  }

  clear(step: string): void {
    this.#lines.delete(step);
  }

  of(step: string): string {
    return (this.#lines.get(step) ?? []).join("\n");
  }
}
