/**
 * The tags of a resource: its name in the console, and whose it is.
 *
 * @param stack the stack's name
 * @param label what the resource is, for example `kafka-1`
 * @param more further tags
 */
export function awsTags(stack: string, label: string, more: Record<string, string> = {}): Record<string, string> {
  return { Name: `${stack}-${label}`, "kafka-cluster:stack": stack, ...more };
}
