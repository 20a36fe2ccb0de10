/** Colours, or none: NO_COLOR (no-color.org), FORCE_COLOR, and whether the stream is a terminal. */
import colours from "picocolors";

export type Paint = Pick<
  ReturnType<typeof colours.createColors>,
  "bold" | "dim" | "green" | "red" | "yellow" | "cyan"
>;

export function paint(colour: boolean): Paint {
  return colours.createColors(colour);
}

export function wantsColour(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR, FORCE_COLOR } = env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return stream.isTTY === true;
}
