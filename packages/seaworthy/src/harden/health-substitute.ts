/** The same question for a health check whose program is not in the image: `curl` in a slim one, more often than not. */
import type { HealthCheck } from "../engine/container.ts";

/** A URL without quotes and variables, which a shell and Compose would change; with a port where it has no scheme. */
const ASKS =
  /\b(?:curl|wget)\b.*?\s((?:https?:\/\/[\w.[\]-]+(?::\d+)?|[\w.[\]-]+:\d+)(?:\/[\w./?=%+,~-]*)?)(?=$|[\s|;&)])/;

/**
 * Programs that ask for the same URL and end with 0 when the answer is a success, without a shell. Empty for a check that
 * is not of `curl` or `wget`, or whose URL is not plain.
 */
export function healthSubstitutes({ argv }: HealthCheck): readonly (readonly string[])[] {
  const text = argv.join(" ");
  const given = ASKS.exec(text)?.[1];
  if (given === undefined) return [];
  // A name may mean the address of IPv6 first, where few services listen.
  const url = (given.includes("://") ? given : `http://${given}`).replace("//localhost", "//127.0.0.1");
  return [
    ["python3", "-c", `import urllib.request; urllib.request.urlopen("${url}", timeout=3)`],
    ["node", "-e", `fetch("${url}").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`],
    ["wget", "-q", "-O", "/dev/null", url],
    ["curl", "-f", "-s", "-o", "/dev/null", url],
  ];
}
