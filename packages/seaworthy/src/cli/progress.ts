/** A line a phase, with its time: live while it works on a terminal, plain lines elsewhere. */
import type { PhaseHandle, Progress } from "../progress/progress.ts";
import { paint } from "./paint.ts";

export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_TIME = 100;
const NAME_WIDTH = 7;

export function terminalProgress(stream: ProgressStream, colour: boolean): Progress {
  return {
    phase: (name) =>
      stream.isTTY === true ? livePhase(stream, name, colour) : plainPhase(stream, name, colour),
  };
}

function plainPhase(stream: ProgressStream, name: string, colour: boolean): PhaseHandle {
  const started = performance.now();
  return {
    update: () => undefined,
    done: (summary) => stream.write(`${finished(name, summary, started, colour, true)}\n`),
    fail: (summary) => stream.write(`${finished(name, summary, started, colour, false)}\n`),
  };
}

function livePhase(stream: ProgressStream, name: string, colour: boolean): PhaseHandle {
  const { cyan, dim } = paint(colour);
  const started = performance.now();
  let text = "";
  let frame = 0;
  const draw = (): void => {
    const room = Math.max(0, (stream.columns ?? 80) - NAME_WIDTH - 14);
    const seconds = seconded(started).padStart(7);
    stream.write(
      `\r\x1b[K${cyan(FRAMES[frame % FRAMES.length] ?? "")} ${name.padEnd(NAME_WIDTH)} ${seconds}  ${dim(text.slice(0, room))}`,
    );
  };
  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, FRAME_TIME);
  timer.unref();
  draw();
  const end = (summary: string, good: boolean): void => {
    clearInterval(timer);
    stream.write(`\r\x1b[K${finished(name, summary, started, colour, good)}\n`);
  };
  return {
    update(now) {
      text = now;
    },
    done: (summary) => end(summary, true),
    fail: (summary) => end(summary, false),
  };
}

function finished(name: string, summary: string, started: number, colour: boolean, good: boolean): string {
  const { green, red, dim } = paint(colour);
  const mark = good ? green("✓") : red("✗");
  return `${mark} ${name.padEnd(NAME_WIDTH)} ${dim(seconded(started).padStart(7))}  ${summary}`;
}

function seconded(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
