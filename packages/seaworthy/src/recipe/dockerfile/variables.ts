/** Puts `$NAME` and `${NAME:-default}` into the arguments of a Dockerfile's instructions. */

export interface Expanded {
  readonly text: string;
  /** Variables without a value: they became empty. */
  readonly unset: readonly string[];
}

/** One level of braces inside a default is what people write. */
const VARIABLE =
  /\\\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+?])((?:\$\{[^}]*\}|[^}])*)|[#%/][^}]*)?\})/g;
const MOST_LEVELS = 8;

/** @see {@link https://docs.docker.com/reference/dockerfile/#environment-replacement} */
export function expand(
  text: string,
  lookup: (name: string) => string | undefined,
  levels: number = MOST_LEVELS,
): Expanded {
  const unset: string[] = [];
  const inner = (word: string): string => {
    if (levels <= 0) return "";
    const expanded = expand(word, lookup, levels - 1);
    unset.push(...expanded.unset);
    return expanded.text;
  };
  const out = text.replace(
    VARIABLE,
    (whole: string, short?: string, long?: string, operator?: string, word?: string) => {
      const name = short ?? long;
      if (name === undefined) return whole.slice(1);
      const value = lookup(name);
      const isSet = value !== undefined && !(operator?.startsWith(":") === true && value === "");
      if (operator?.endsWith("-") === true) return isSet ? value : inner(word ?? "");
      if (operator?.endsWith("+") === true) return isSet ? inner(word ?? "") : "";
      if (value === undefined) unset.push(name);
      return value ?? "";
    },
  );
  return { text: out, unset };
}
