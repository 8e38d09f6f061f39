// What the tests' provider and their scripts do, in one file, in the order in which they do it.

import { appendFileSync } from "node:fs";

/** Environment variable with the file's path; without it nothing is written. */
export const OPERATIONS_VARIABLE = "TEST_OPERATIONS";

/** @param {string} operation */
export function noteOperation(operation) {
  const file = process.env[OPERATIONS_VARIABLE];
  if (file) appendFileSync(file, `${operation}\n`);
}
