/** The development entry point: the whole service without any server, forgetting all when it stops. */
import { pino } from "pino";
import { readListenConfig } from "../src/config.ts";
import { serve } from "../src/serve.ts";
import { memoryCache, memoryStore } from "./memory.ts";

process.exit(
  await serve(
    () => readListenConfig({ HOST: "127.0.0.1", ...process.env }),
    async () => ({ store: memoryStore(), cache: memoryCache() }),
    pino(),
  ),
);
