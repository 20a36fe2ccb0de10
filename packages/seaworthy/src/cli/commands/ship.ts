/** `seaworthy ship`. */
import { ship } from "../../verb/ship.ts";
import { type Command, DIRECTORY, IMAGES, LANGUAGE, PROJECT, projectOptions } from "../command.ts";
import { languageOf } from "../language.ts";
import { printProof } from "../print-proof.ts";

export const shipCommand: Command = {
  name: "ship",
  summary: "Plan, build, start, attack and report, then stop: the whole proof in one command",
  takes: [DIRECTORY],
  options: [...PROJECT, ...IMAGES, LANGUAGE],
  examples: [
    { line: "ship examples/myapp", does: "from source to report" },
    { line: "ship --frozen --json", does: "in a pipeline: the lock must fit, the exit code decides" },
  ],
  async run(given, io, output) {
    const proof = await ship({ ...projectOptions(given), language: languageOf(given) }, io);
    return printProof(proof, output);
  },
};
