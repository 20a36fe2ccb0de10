/** Puts variables into a string as Compose does (`$VAR`, `${VAR:-default}`, `$$`), without a shell. */

export interface Interpolated {
  readonly text: string;
  /** Variables that had no value and no default; they became empty. */
  readonly unset: readonly string[];
}

/** What was wrong with a template, as a sentence; the caller knows the line. */
export class InterpolationError extends Error {}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
/** Deeper nesting of defaults is nobody's intention. */
const MAX_DEPTH = 16;
/** A variable that multiplies must not eat the machine. */
const MAX_LENGTH = 1024 * 1024;

/**
 * @param lookup the value of a variable, or `undefined` when it is not set
 * @throws InterpolationError for a template that cannot be read, and for `${VAR:?message}`
 * @see {@link https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md}
 */
export function interpolate(template: string, lookup: (name: string) => string | undefined): Interpolated {
  const unset: string[] = [];
  const text = expand(template, 0);
  return { text, unset };

  function expand(part: string, depth: number): string {
    if (depth > MAX_DEPTH) {
      throw new InterpolationError(`expected at most ${MAX_DEPTH} defaults in each other`);
    }
    let out = "";
    let at = 0;
    for (let dollar = part.indexOf("$"); dollar !== -1; dollar = part.indexOf("$", at)) {
      out += part.slice(at, dollar);
      const rest = part.slice(dollar + 1);
      if (rest.startsWith("$")) {
        out += "$";
        at = dollar + 2;
      } else if (rest.startsWith("{")) {
        const length = closingBrace(rest);
        out += substitute(rest.slice(1, length), depth);
        at = dollar + 1 + length + 1;
      } else {
        const name = NAME.exec(rest)?.[0];
        if (name === undefined) {
          throw new InterpolationError(`expected a variable after "$", found "${rest.slice(0, 10)}"`);
        }
        out += valueOf(name);
        at = dollar + 1 + name.length;
      }
      if (out.length > MAX_LENGTH) throw new InterpolationError(`expected at most ${MAX_LENGTH} characters`);
    }
    return out + part.slice(at);
  }

  function substitute(inside: string, depth: number): string {
    const name = NAME.exec(inside)?.[0];
    if (name === undefined) throw new InterpolationError(`expected a variable name, found "\${${inside}}"`);
    const rest = inside.slice(name.length);
    if (rest === "") return valueOf(name);
    const operator = /^(:?[-?+])/.exec(rest)?.[0];
    if (operator === undefined) {
      throw new InterpolationError(`expected "}", "-", "?" or "+" after ${name}, found "${rest}"`);
    }
    const word = rest.slice(operator.length);
    const value = lookup(name);
    const present = value !== undefined && !(operator.startsWith(":") && value === "");
    if (operator.endsWith("-")) return present ? value : expand(word, depth + 1);
    if (operator.endsWith("+")) return present ? expand(word, depth + 1) : "";
    if (present) return value;
    throw new InterpolationError(`expected the variable ${name} to be set: ${expand(word, depth + 1)}`);
  }

  function valueOf(name: string): string {
    const value = lookup(name);
    if (value === undefined) unset.push(name);
    return value ?? "";
  }
}

/** The index of the brace that closes the one at 0; braces of nested variables are stepped over. */
function closingBrace(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "{" && (index === 0 || text[index - 1] === "$")) depth += 1;
    if (text[index] === "}") depth -= 1;
    if (depth === 0) return index;
  }
  throw new InterpolationError(`expected "}", found the end of "$${text.slice(0, 20)}"`);
}
