/** The language of a report, from `--lang`. */
import { Fault } from "../fault/fault.ts";
import type { Given } from "./command.ts";

export function languageOf(given: Given): "en" | "ru" {
  const text = given.text("lang") ?? "en";
  if (text === "en" || text === "ru") return text;
  throw new Fault({ code: "cli/usage", message: `expected en or ru after --lang, found "${text}"` });
}
