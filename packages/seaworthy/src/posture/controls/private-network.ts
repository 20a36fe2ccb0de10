/** What is broken into cannot call home, and cannot reach the cloud's metadata. */
import type { Control } from "../control.ts";

export const privateNetwork: Control = {
  id: "private-network",
  claim: {
    en: "There is no way out of the stack's network: neither to the internet nor to metadata services",
    ru: "Из сети стека нет выхода: ни в интернет, ни к службам метаданных",
  },
  key: "network_mode",
  fix: { en: "remove network_mode: host", ru: "уберите network_mode: host" },
  apply: (container) => ({ ...container, network: "private" }),
  loosen: (container) => ({
    container: { ...container, network: "host" },
    difference: { en: "network_mode: host", ru: "network_mode: host" },
  }),
};
