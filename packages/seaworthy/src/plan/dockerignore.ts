/** Says which files of a build context `.dockerignore` keeps out, as Docker reads it. */
import { Fault } from "../fault/fault.ts";

interface Pattern {
  readonly expression: RegExp;
  readonly brings: "in" | "out";
}

/** `**` takes the slash after it along. What is left alone by itself, `[` or a last backslash, is a mistake. */
const TOKEN = /\*\*\/?|\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\.|[\s\S]/g;

/**
 * Patterns are relative to the context; one that names a folder names everything below it; of several that match a path,
 * the last decides.
 * @param file the path to show in messages
 * @returns whether the path, relative and with `/`, is kept out
 * @throws Fault `plan/dockerignore` for a pattern that Docker refuses: it may be the one that keeps a secret out
 * @see {@link https://docs.docker.com/build/concepts/context/#dockerignore-files}
 */
export function readDockerignore(text: string, file: string): (path: string) => boolean {
  const patterns = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line, index) =>
      line.startsWith("#") ? [] : toPattern(line.trim(), { file, line: index + 1 }),
    );
  return (path) => patterns.findLast(({ expression }) => expression.test(path))?.brings === "out";
}

function toPattern(
  line: string,
  place: { readonly file: string; readonly line: number },
): readonly Pattern[] {
  const isException = line.startsWith("!");
  const parts: string[] = [];
  for (const part of (isException ? line.slice(1).trim() : line).split("/")) {
    if (part === ".." && parts.length > 0) parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  if (parts.length === 0) return [];
  const source = parts.join("/").replaceAll(TOKEN, toExpression);
  try {
    return [{ expression: new RegExp(`^${source}(?:/.*)?$`, "s"), brings: isException ? "in" : "out" }];
  } catch (error) {
    throw new Fault({
      code: "plan/dockerignore",
      message: `expected a pattern of .dockerignore, found "${line}"`,
      place,
      hint: "Close every [ with a ], and write a backslash only before another character.",
      cause: error,
    });
  }
}

function toExpression(token: string, offset: number, pattern: string): string {
  if (token.startsWith("**")) return offset + token.length === pattern.length ? ".*" : "(?:.*/)?";
  if (token === "*") return "[^/]*";
  if (token === "?") return "[^/]";
  // Left as they are, a lone `[` or `\` make no regular expression, which is how they are noticed.
  if (token.startsWith("[") || token === "\\") return token;
  return token.slice(-1).replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}
