// Keeps Pulumi's runtime from loading what turns functions into programs (TypeScript's compiler and npm's dependency
// resolver, more than half of what loading it costs) until something asks for it. No component here does.
// See findings/pulumi-loads-npm.sh. Imported before anything that imports @pulumi/pulumi.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Modules of Pulumi's runtime, and the functions that it takes from each. */
const MODULES = {
  serializeClosure: ["serializeFunction", "serializeFunctionAsync"],
  codePaths: ["computeCodePaths"],
};

for (const [name, functions] of Object.entries(MODULES)) {
  let file;
  try {
    file = require.resolve(`@pulumi/pulumi/runtime/closure/${name}`);
  } catch {
    // Another version keeps it elsewhere: then it is loaded as ever.
    continue;
  }
  if (require.cache[file]) continue;
  const id = file;
  /** @type {Record<string, (...args: unknown[]) => unknown> | undefined} */
  let real;
  const load = () => {
    delete require.cache[id];
    return require(id);
  };
  const exports = Object.fromEntries(
    functions.map((name) => [name, (/** @type {unknown[]} */ ...args) => (real ??= load())?.[name]?.(...args)]),
  );
  // A module as the loader keeps it once it has run.
  const loaded = { id, filename: id, loaded: true, children: [], paths: [], exports };
  require.cache[id] = /** @type {NodeJS.Module} */ (/** @type {unknown} */ (loaded));
}
