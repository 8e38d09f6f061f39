/** The type token of a resource, from its URN: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

/** The name of a resource, from its URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
