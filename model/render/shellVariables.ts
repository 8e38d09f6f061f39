/** Renders shell variables for a script to read with `.`: one `NAME='value'` a line in the order given, literal for a shell. */
export function renderShellVariables(variables: readonly (readonly [name: string, value: string])[]): string {
  return variables.map(([name, value]) => `${name}='${value.replace(/'/g, `'\\''`)}'\n`).join("");
}
