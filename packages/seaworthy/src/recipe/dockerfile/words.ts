/** Splits a line of a Dockerfile into words, as its own instructions and not a shell would. */

/** A word with its quotes; blanks inside them do not end it. */
const WORD = (escape: string): RegExp => {
  const any = escape === "`" ? "`[\\s\\S]" : "\\\\[\\s\\S]";
  const plain = escape === "`" ? "[^\\s\"'`]" : "[^\\s\"'\\\\]";
  const inside = escape === "`" ? '[^"`]' : '[^"\\\\]';
  // A quote that nobody closes reaches to the end of the line.
  return new RegExp(`(?:${plain}|${any}|"(?:${inside}|${any})*(?:"|$)|'[^']*(?:'|$)|[\\\\\`])+`, "g");
};

/** Words as written, quotes included. */
export function rawWords(text: string, escape: string): readonly string[] {
  return text.match(WORD(escape)) ?? [];
}

/** Words without quotes and escapes. */
export function words(text: string, escape: string): readonly string[] {
  return rawWords(text, escape).map((word) => unquoted(word, escape));
}

export function unquoted(word: string, escape: string): string {
  let out = "";
  let quote = "";
  for (let at = 0; at < word.length; at += 1) {
    const character = word[at] ?? "";
    const next = word[at + 1];
    if (character === escape && quote !== "'" && next !== undefined) {
      // What is escaped for the sake of variables stays so.
      if (next === "$" || (quote === '"' && next !== '"' && next !== escape)) out += character;
      out += next;
      at += 1;
    } else if (character === quote) quote = "";
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
    else out += character;
  }
  return out;
}

/**
 * The pairs of `ENV`, `LABEL` and `ARG`: `a=b c="d e"`.
 * @param isOld whether one pair may be written as `a b`, to the end of the line
 */
export function pairs(
  text: string,
  escape: string,
  isOld: boolean,
): readonly (readonly [string, string | undefined])[] {
  const all = rawWords(text, escape);
  const [first = ""] = all;
  if (isOld && !first.includes("=") && all.length > 1) {
    const value = text.trimStart().slice(first.length).trim();
    return [[unquoted(first, escape), unquoted(value, escape)]];
  }
  return all.map((word) => {
    const sign = word.indexOf("=");
    if (sign === -1) return [unquoted(word, escape), undefined];
    return [unquoted(word.slice(0, sign), escape), unquoted(word.slice(sign + 1), escape)];
  });
}
