/** `seaworthy build`. */
import { build, unpacked } from "../../verb/build.ts";
import { type Command, DIRECTORY, IMAGES, PROJECT, projectOptions, SERVICE } from "../command.ts";
import { size, table } from "../text.ts";

export const buildCommand: Command = {
  name: "build",
  summary: "Build the images of the project; without Docker, unless its engine is used",
  takes: [DIRECTORY],
  options: [
    ...PROJECT,
    ...IMAGES,
    SERVICE,
    {
      name: "output",
      short: "o",
      value: "TO",
      summary: "also write one image as oci:DIR or docker-archive:FILE",
    },
  ],
  examples: [
    { line: "build examples/myapp", does: "all images, into the cache" },
    { line: "build -o oci:out/myapp", does: "the app's image as an OCI layout" },
    { line: "build --service db -o docker-archive:postgres.tar", does: "an image for docker load" },
  ],
  async run(given, io, output) {
    const built = await build(
      { ...projectOptions(given), service: given.text("service"), output: given.text("output") },
      io,
    );
    output.json({
      plan: built.plan.digest,
      images: built.images.map(({ plan, image }) => ({
        service: plan.service,
        reference: image.reference,
        digest: image.manifest.digest,
        size: unpacked(image),
        layers: image.layers,
      })),
      services: built.services.map(({ service, image, origin }) => ({
        service,
        reference: image.reference,
        id: image.manifest.digest,
        origin,
      })),
    });
    const foreign = built.services.filter(({ origin }) => origin !== "assembled");
    if (foreign.length > 0) output.line();
    for (const { image, origin } of foreign)
      output.line(`${image.reference}  ${image.manifest.digest}  ${origin}`);
    for (const { image } of built.images) {
      output.line();
      output.line(`${image.reference}  ${image.manifest.digest}`);
      const rows = image.layers.map((layer) => [
        `  ${layer.name}`,
        size(layer.unpackedSize).padStart(9),
        layer.createdBy,
      ]);
      output.line(table([...rows, ["  total", size(unpacked(image)).padStart(9), ""]]));
    }
    return 0;
  },
};
