/** What the official Redis image makes of a command, for our image, which has no shell to do it in. */

const PROGRAM = /(?:^|\/)redis-server$/;

/**
 * Options alone, or a configuration file, are for `redis-server`; and its protected mode is off where nobody says
 * otherwise: containers keep everybody else out, and with it on no other container could ask. A configuration file speaks
 * for itself.
 * @see {@link https://github.com/redis/docker-library-redis} docker-entrypoint.sh, and the build's `sed` on config.c
 */
export function officialCommand(argv: readonly string[]): readonly string[] {
  const [first = ""] = argv;
  const whole = first.startsWith("-") || first.endsWith(".conf") ? ["redis-server", ...argv] : argv;
  const [program = "", ...options] = whole;
  const hasFile = options[0] !== undefined && !options[0].startsWith("--");
  if (!PROGRAM.test(program) || hasFile || options.includes("--protected-mode")) return whole;
  // First, so that whatever is said later holds.
  return [program, "--protected-mode", "no", ...options];
}
