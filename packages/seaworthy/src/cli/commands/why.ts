/** `seaworthy why`. */
import { why } from "../../verb/why.ts";
import { type Command, DIRECTORY, IMAGES, PROJECT, projectOptions, SERVICE } from "../command.ts";
import { size, table } from "../text.ts";

export const whyCommand: Command = {
  name: "why",
  summary: "Say what put a path into an image, for one path or for all of them",
  takes: [DIRECTORY],
  options: [
    ...PROJECT,
    ...IMAGES,
    SERVICE,
    { name: "path", short: "p", value: "PATH", summary: "the path in the image; every path when left out" },
  ],
  examples: [
    { line: "why -p /usr/lib/x86_64-linux-gnu/libstdc++.so.6 examples/myapp", does: "one path" },
    { line: "why --service db", does: "every path of an image, with what brought it" },
  ],
  async run(given, io, output) {
    const answers = await why(
      { ...projectOptions(given), service: given.text("service"), path: given.text("path") },
      io,
    );
    output.json(answers);
    const rows = answers.map(({ path, kind, size: bytes, layer, reason }) => [
      `/${path}`,
      kind === "file" ? size(bytes) : kind,
      layer,
      reason.origin,
      reason.because,
    ]);
    output.line(table(rows));
    return 0;
  },
};
