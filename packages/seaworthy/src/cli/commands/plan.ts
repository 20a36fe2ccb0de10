/** `seaworthy plan`. */
import { plan } from "../../verb/plan.ts";
import { type Command, DIRECTORY, FROZEN, MIRROR, PROJECT, projectOptions } from "../command.ts";
import { size, table } from "../text.ts";

export const planCommand: Command = {
  name: "plan",
  summary: "Resolve the project to exact packages and write seaworthy.lock",
  takes: [DIRECTORY],
  options: [
    ...PROJECT,
    MIRROR,
    FROZEN,
    { name: "update", summary: "resolve anew what the lock has already" },
  ],
  examples: [
    { line: "plan", does: "the project of this folder" },
    { line: "plan --update examples/myapp", does: "newest packages instead of the locked ones" },
  ],
  async run(given, io, output) {
    const { plan: made, locked } = await plan({ ...projectOptions(given), update: given.flag("update") }, io);
    output.json({
      digest: made.digest,
      locked,
      lock: made.lock,
      images: made.images.map(({ layers, ...image }) => ({ ...image, layers })),
    });
    for (const image of made.images) {
      output.line();
      output.line(`${image.service}  ${image.reference}`);
      output.line(table(image.layers.map((layer) => [`  ${layer.name}`, layer.createdBy])));
    }
    for (const image of made.lock.images) {
      const total = image.layers.flatMap((layer) => layer.packages).reduce((sum, item) => sum + item.size, 0);
      output.line();
      output.line(
        `${image.service}: Debian ${image.suite}, ${size(total)} of packages${image.node === undefined ? "" : `, Node ${image.node.version} (${image.node.because})`}`,
      );
      const packages = image.layers.flatMap((layer) => layer.packages);
      output.line(
        table(packages.map(({ name, version, suite, because }) => [`  ${name}`, version, suite, because])),
      );
    }
    output.line();
    output.line(`plan ${made.digest}`);
    return 0;
  },
};
