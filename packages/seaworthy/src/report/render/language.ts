/** The languages a report can be written in. */
import { ENGLISH } from "./english.ts";
import { RUSSIAN } from "./russian.ts";
import type { Words } from "./words.ts";

export type Language = "en" | "ru";

export const WORDS: Readonly<Record<Language, Words>> = { en: ENGLISH, ru: RUSSIAN };
