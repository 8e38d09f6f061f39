/** The first of some names; that there are more is shown: `a, b, …`. */
export function firstOf(names: readonly string[], most: number): string {
  return `${names.slice(0, most).join(", ")}${names.length > most ? ", …" : ""}`;
}

/** The first of some names; the rest is counted: `a, b and 3 more`. */
export function firstAndMore(names: readonly string[], most: number): string {
  return `${names.slice(0, most).join(", ")}${names.length > most ? ` and ${names.length - most} more` : ""}`;
}
