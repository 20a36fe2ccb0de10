/**
 * The report as JUnit XML, which every CI server shows: a suite for each service, a case for each finding, passes included.
 * @see {@link https://github.com/testmoapp/junitxml} what the servers agree on
 */
import type { Finding, Report, Verdict } from "@seaworthy/evidence";
import type { Language } from "./language.ts";

/** What could not be proven is an error: a case that is only skipped looks like a pass. */
const ELEMENTS: Readonly<Record<Verdict, "failure" | "error" | "skipped" | undefined>> = {
  held: undefined,
  breached: "failure",
  unproven: "error",
  absent: "skipped",
  waived: "skipped",
};

export function renderJunit(
  report: Pick<Report, "project" | "createdAt" | "findings">,
  language: Language,
): string {
  const services = [...new Set(report.findings.map(({ service }) => service))];
  const counts = `tests="${report.findings.length}" ${countsOf(report.findings)}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(report.project)}" ${counts}>`,
    ...services.flatMap((service) => suiteOf(service, report, language)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteOf(
  service: string,
  report: Parameters<typeof renderJunit>[0],
  language: Language,
): readonly string[] {
  const findings = report.findings.filter((finding) => finding.service === service);
  const name = escaped(`${report.project}/${service}`);
  return [
    `  <testsuite name="${name}" timestamp="${escaped(report.createdAt)}" tests="${findings.length}" ${countsOf(findings)}>`,
    ...findings.flatMap((finding) => caseOf(finding, language)),
    "  </testsuite>",
  ];
}

function countsOf(findings: readonly Finding[]): string {
  const count = (element: string): number =>
    findings.filter(({ verdict }) => ELEMENTS[verdict] === element).length;
  return `failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
}

function caseOf(finding: Finding, language: Language): readonly string[] {
  const { id, control, claim, verdict, source } = finding;
  const place = source === undefined ? "" : ` file="${escaped(source.file)}" line="${source.line}"`;
  const head = `    <testcase name="${escaped(`${id}: ${claim[language]}`)}" classname="${escaped(control)}"${place}>`;
  const element = ELEMENTS[verdict];
  const evidence = evidenceOf(finding, language);
  if (element === undefined)
    return [head, `      <system-out>${escaped(evidence)}</system-out>`, "    </testcase>"];
  const message = escaped(finding.reason?.[language] ?? finding.hardened?.summary[language] ?? verdict);
  // A skipped case has no text of its own, by the schema that the servers share.
  const lines =
    element === "skipped"
      ? [
          `      <skipped message="${escaped(verdict)}: ${message}"/>`,
          `      <system-out>${escaped(evidence)}</system-out>`,
        ]
      : [
          `      <${element} type="${escaped(control)}" message="${message}">${escaped(evidence)}</${element}>`,
        ];
  return [head, ...lines, "    </testcase>"];
}

function evidenceOf({ hardened, twin, loosened, fix }: Finding, language: Language): string {
  const attempt = (title: string, one: Finding["hardened"]): readonly string[] =>
    one === undefined
      ? []
      : [`${title}: ${one.summary[language]}`, ...one.steps.map(({ did, saw }) => `  ${did} = ${saw}`)];
  return [
    ...attempt("declared", hardened),
    ...attempt(loosened === undefined ? "twin" : `twin (${loosened[language]})`, twin),
    ...(fix === undefined ? [] : [`fix: ${fix[language]}`]),
  ].join("\n");
}

/** What XML 1.0 has no way to write, such as a service's control characters, is shown as a replacement character. */
function escaped(text: string): string {
  return text
    .replaceAll(ILLEGAL, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\r", "&#13;")
    .replaceAll("\t", "&#9;");
}

/** Halves of a surrogate pair among them. @see {@link https://www.w3.org/TR/xml/#charsets} */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const ILLEGAL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Surrogate}]/gu;
