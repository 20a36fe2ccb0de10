/** Chapter C1: what is in each image, what made it, and what takes its room. */
import type { ReportImage } from "@seaworthy/evidence";
import { bullet, code, details, prose, tableOf } from "./markdown-text.ts";
import type { Words } from "./words.ts";

/** What the hand-written report counted for its image, in bytes. */
const HAND_WRITTEN = 315_000_000;
const BAR_LENGTH = 24;
const LARGEST = 12;

export function imageChapter(images: readonly ReportImage[], words: Words): readonly string[] {
  return [`## ${words.chapterImage}`, ...images.flatMap((image) => imageSection(image, words))];
}

function imageSection(image: ReportImage, words: Words): readonly string[] {
  const hasOwnCode = image.layers.some(({ name }) => name === "app");
  return [
    `### ${prose(image.service)}: ${prose(image.reference)}`,
    ...(hasOwnCode ? [`**${words.compared(image.unpackedSize, HAND_WRITTEN)}.**`] : []),
    layerTable(image, words),
    [
      bullet(words.user, code(image.user)),
      bullet(
        words.healthCheck,
        image.healthCheck.length === 0 ? words.none : code(image.healthCheck.join(" ")),
      ),
      bullet(words.pinnedBy, prose(image.pinnedBy)),
      bullet(words.digest, `${code(image.digest)} (${prose(image.platform)})`),
    ].join("\n"),
    details(words.largest, [originTable(image, words)]),
  ];
}

function layerTable({ layers, unpackedSize, packedSize }: ReportImage, words: Words): string {
  const rows = layers.map((layer) => [
    prose(layer.name),
    `\`${bar(layer.unpackedSize, unpackedSize)}\``,
    words.size(layer.unpackedSize),
    words.size(layer.packedSize),
    String(layer.paths),
    prose(layer.createdBy),
  ]);
  const total = [
    `**${words.total}**`,
    "",
    `**${words.size(unpackedSize)}**`,
    `**${words.size(packedSize)}**`,
    String(layers.reduce((sum, { paths }) => sum + paths, 0)),
    "",
  ];
  return tableOf(
    [words.layer, words.share, words.unpacked, words.packed, words.paths, words.madeBy],
    [...rows, total],
  );
}

function originTable({ layers, unpackedSize }: ReportImage, words: Words): string {
  const largest = layers
    .flatMap((layer) => layer.origins.map((origin) => ({ ...origin, layer: layer.name })))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, LARGEST);
  return tableOf(
    [words.origin, words.layer, words.share, words.unpacked],
    largest.map(({ origin, layer, bytes }) => [
      code(origin),
      prose(layer),
      `\`${bar(bytes, unpackedSize)}\``,
      words.size(bytes),
    ]),
  );
}

/** What is there is never drawn as nothing. */
function bar(part: number, whole: number): string {
  const share = whole === 0 ? 0 : Math.min(1, part / whole);
  return "█".repeat(share === 0 ? 0 : Math.max(1, Math.round(BAR_LENGTH * share))).padEnd(BAR_LENGTH, "·");
}
