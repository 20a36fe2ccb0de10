/** Text that came from outside, made harmless in Markdown: no markup, no HTML, no table cells or lines of its own. */

const LONGEST = 600;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "|": "&#124;",
};

/** In a heading, a paragraph or a table cell, never at the start of a line. */
export function prose(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*[\]~$]/g, "\\$&")
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replaceAll(/[&<>|]/g, entity)
    .replaceAll("://", "&#58;//");
}

/** As code. A code span cannot hold every text (backticks, and pipes in a table), entities can. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line.trim() === "") return "—";
  if (!/[`|]/.test(line)) return `\`${line}\``;
  return `<code>${line.replaceAll(/[^\p{L}\p{N} ]/gu, (one) => `&#${one.codePointAt(0)};`)}</code>`;
}

/** Inside an HTML element, where Markdown has no meaning. */
export function html(text: string): string {
  return oneLine(text).replaceAll(/[&<>"]/g, entity);
}

/** One line of its own, to be copied. */
export function codeBlock(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(2, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${line}\n${fence}`;
}

/** @param text already harmless, as in all that follows */
export function bullet(label: string, text: string): string {
  return `- **${label}**: ${text}`;
}

export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Folded away. The empty lines are what makes Markdown of the body. */
export function details(summary: string, body: readonly string[]): string {
  return [
    "<details>",
    `<summary>${summary}</summary>`,
    "",
    ...body.flatMap((block) => [block, ""]),
    "</details>",
  ].join("\n");
}

function entity(character: string): string {
  return ENTITIES[character] ?? character;
}

/** Line breaks are shown; other control characters, and those that turn the direction of text, are not let through. */
function oneLine(text: string): string {
  const line = text
    .trim()
    .replaceAll(/\r\n?|[\n\u2028\u2029]/g, " ↵ ")
    .replaceAll("\t", " ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "\uFFFD");
  const characters = Array.from(line);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : line;
}
