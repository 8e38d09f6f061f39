/** One setting that can't be used. */
export interface Problem {
  /** The setting's name, for example `brokerProperties.num.partitions`. */
  readonly key: string;
  /** What it was set to. */
  readonly value: unknown;
  /** What is allowed instead, and the remedy where that is not plain: ends without a full stop. */
  readonly allowed: string;
}

/** One message for all problems: a line each, with its key, its value and what is allowed. */
export function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 setting" : `${problems.length} settings`;
  const lines = problems.map(({ key, value, allowed }) => `  ${key} = ${show(value)}: ${allowed}`);
  return [`${count} can't be used:`, ...lines].join("\n");
}

/** A key that was put into a wrong setting would lie open in the terminal and in logs. */
function show(value: unknown): string {
  if (value === undefined) return "(not set)";
  const text = JSON.stringify(value);
  return text.includes("PRIVATE KEY") ? '"[hidden]"' : text;
}

/** The user's settings can't be used: found before anything is made, with every problem at once. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}
