import { isDeepStrictEqual } from "node:util";

/**
 * Where two JSON values first differ, for an error message: `data.data[0].goods_name: expected "超哥", seen "??"`.
 *
 * @param path where in the document the two stand, empty for the whole
 * @returns undefined when they are deeply equal
 */
export function firstDifference(expected: unknown, seen: unknown, path = ""): string | undefined {
  if (isDeepStrictEqual(expected, seen)) return undefined;
  if (isContainer(expected) && isContainer(seen) && Array.isArray(expected) === Array.isArray(seen)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(seen)])) {
      const below = Array.isArray(expected) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
      const difference = firstDifference(expected[key], seen[key], below);
      if (difference !== undefined) return difference;
    }
  }
  return `${path === "" ? "the whole document" : path}: expected ${show(expected)}, seen ${show(seen)}`;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
