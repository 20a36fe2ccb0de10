/** A line a phase, with its time: live while it works on a terminal, plain lines elsewhere. */
import type { PhaseHandle, Progress } from "../progress/progress.ts";
import { liveBlock } from "./live-block.ts";
import { paint } from "./paint.ts";

export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_TIME = 100;
const NAME_WIDTH = 7;

export interface TerminalProgress extends Progress {
  /** Lines to show below the phase that is under way, until it is over; nothing where there is no terminal. */
  below(lines: readonly string[]): void;
}

export function terminalProgress(stream: ProgressStream, colour: boolean): TerminalProgress {
  let current: LivePhase | undefined;
  return {
    phase(name) {
      if (stream.isTTY !== true) return plainPhase(stream, name, colour);
      current = livePhase(stream, name, colour);
      return current;
    },
    below: (lines) => current?.below(lines),
  };
}

interface LivePhase extends PhaseHandle {
  below(lines: readonly string[]): void;
}

function plainPhase(stream: ProgressStream, name: string, colour: boolean): PhaseHandle {
  const started = performance.now();
  return {
    update: () => undefined,
    done: (summary) => stream.write(`${finished(name, summary, started, colour, true)}\n`),
    fail: (summary) => stream.write(`${finished(name, summary, started, colour, false)}\n`),
  };
}

function livePhase(stream: ProgressStream, name: string, colour: boolean): LivePhase {
  const { cyan, dim } = paint(colour);
  const started = performance.now();
  const block = liveBlock(stream);
  let text = "";
  let more: readonly string[] = [];
  let frame = 0;
  const draw = (): void => {
    const room = Math.max(0, (stream.columns ?? 80) - NAME_WIDTH - 14);
    const seconds = seconded(started).padStart(7);
    const mark = cyan(FRAMES[frame % FRAMES.length] ?? "");
    block.draw([`${mark} ${name.padEnd(NAME_WIDTH)} ${seconds}  ${dim(text.slice(0, room))}`, ...more]);
  };
  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, FRAME_TIME);
  timer.unref();
  draw();
  const end = (summary: string, good: boolean): void => {
    clearInterval(timer);
    more = [];
    block.clear();
    stream.write(`${finished(name, summary, started, colour, good)}\n`);
  };
  return {
    below(lines) {
      more = lines;
    },
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
