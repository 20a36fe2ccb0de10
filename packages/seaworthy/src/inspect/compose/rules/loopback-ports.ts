/** A port without an address is open on every interface, and Docker opens it past the firewall. */
import { publishedPorts } from "../../../posture/stack-claims/published-ports.ts";
import { type ComposeRule, judgeEntries } from "../subject.ts";

export const loopbackPorts: ComposeRule = {
  ...publishedPorts,
  id: publishedPorts.control,
  check: (subject) =>
    judgeEntries(subject, "ports", subject.service.ports, ({ address, published, target }) => {
      if (/^127\.|^::1$/.test(address)) return undefined;
      const where = `${address}:${published === 0 ? "*" : published}`;
      return { en: `${target} is open on ${where}`, ru: `${target} открыт на ${where}` };
    }),
};
