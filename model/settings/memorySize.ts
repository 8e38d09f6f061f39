/** Bytes of a MiB. */
export const MIB = 1024 * 1024;

/**
 * MiB of a size of memory.
 *
 * @param size a whole number with a unit, as the JVM or a machine takes it: `384m`, `6g`, `1GiB`
 */
export function mebibytes(size: string): number {
  const factor = /g/i.test(size) ? 1024 : 1;
  return Number.parseInt(size, 10) * factor || 0;
}
