/** A line of a log as people read it: whose it is, in a colour of its own, and when it came. */
import type { ServiceLogLine } from "../stack/stack-runtime.ts";
import { paint } from "./paint.ts";

export interface LogLook {
  readonly prefix: boolean;
  readonly timestamps: boolean;
  readonly colour: boolean;
}

/** @param services all whose lines may come, for columns that stay where they are */
export function logPrinter(
  services: readonly string[],
  { prefix, timestamps, colour }: LogLook,
): (line: ServiceLogLine) => string {
  const { cyan, green, yellow, bold, dim } = paint(colour);
  const colours = [cyan, green, yellow, bold];
  const width = Math.max(0, ...services.map((name) => name.length));
  return ({ service, time, text }) => {
    const tint = colours[Math.max(0, services.indexOf(service)) % colours.length] ?? cyan;
    return [
      ...(prefix ? [tint(`${service.padEnd(width)} |`)] : []),
      ...(timestamps ? [dim(time)] : []),
      text,
    ].join(" ");
  };
}
