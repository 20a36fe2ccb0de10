import { expect, test } from "vitest";
import { liveBlock } from "./live-block.ts";

/** A terminal of a few lines: understands what a live block writes, and nothing else. */
function terminal(columns: number): {
  readonly columns: number;
  write(text: string): void;
  screen(): string;
} {
  let lines = [""];
  let row = 0;
  return {
    columns,
    write(text) {
      for (const part of text.split(/(\r|\n|\x1b\[\d*[A-Za-z])/)) {
        if (part === "\r") continue;
        else if (part === "\n") {
          row += 1;
          lines[row] ??= "";
        } else if (part.endsWith("A") && part.startsWith("\x1b")) row -= Number.parseInt(part.slice(2), 10);
        else if (part === "\x1b[J") lines = [...lines.slice(0, row), ""];
        else lines[row] = (lines[row] ?? "") + part;
      }
    },
    screen: () => lines.join("\n"),
  };
}

test("each drawing takes the place of the one before, whatever their sizes", () => {
  const screen = terminal(40);
  screen.write("before\n");
  const block = liveBlock(screen);
  block.draw(["one", "two", "three"]);
  block.draw(["four"]);
  block.draw(["five", "six"]);
  expect(screen.screen()).toBe("before\nfive\nsix");
  block.clear();
  screen.write("after\n");
  expect(screen.screen()).toBe("before\nafter\n");
});

test("a line that is too wide is cut, its colours are not", () => {
  const screen = terminal(6);
  liveBlock(screen).draw(["\x1b[31m1234567\x1b[39m"]);
  expect(screen.screen()).toBe("\x1b[31m12345\x1b[39m");
});
