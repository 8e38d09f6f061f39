import { nameOf } from "../../model/urn.ts";
import { readErrors, readFailures } from "../plan/planSteps.ts";

/** Begins what a script says of its failure (scripts/lib/report.ts), after its command line. */
const ERROR = "\nerror: ";

/** Lines of an error that are repeated from its head and from its end, where it has more. */
const [HEAD, END] = [2, 4];

/**
 * What failed in an update, for its last lines: Pulumi shows all outputs after the errors, which then stand far above.
 *
 * @param log the engine's event log
 * @param hadOutputs whether the stack had outputs before the update: Pulumi shows them as removed, and keeps them
 * @returns nothing when no resource failed
 */
export function failureText(log: string, hadOutputs: boolean): string | undefined {
  const failed = new Set(readFailures(log));
  const errors = readErrors(log).filter(({ urn }) => failed.has(urn));
  const silent = [...failed].filter((urn) => !errors.some((error) => error.urn === urn));
  const said = [
    ...errors.map(({ urn, message }) => `${nameOf(urn)}: ${shortened(nameOf(urn), message)}`),
    ...silent.map((urn) => `${nameOf(urn)}: failed or was interrupted`),
  ];
  if (said.length === 0) return undefined;
  return [
    ...(hadOutputs ? ['outputs that are shown as removed ("-") are still on record'] : []),
    "what failed:",
    ...[...new Set(said)].map((text) => `  ${text.replaceAll("\n", "\n    ")}`),
  ].join("\n");
}

/** The message without what Pulumi's Command and the script set before it. */
function shortened(resource: string, message: string): string {
  const place = message.indexOf(ERROR);
  const own = place < 0 ? message : message.slice(place + ERROR.length);
  const [name = ""] = own.split(":", 1);
  const text = resource.startsWith(`${name}-`) ? own.slice(name.length + 1) : own;
  // An interrupted one has said nothing after its command line.
  const lines = text.trim().replace(/:$/, "").split(/\s*\n/);
  return (lines.length <= HEAD + END + 1 ? lines : [...lines.slice(0, HEAD), "…", ...lines.slice(-END)]).join("\n");
}
