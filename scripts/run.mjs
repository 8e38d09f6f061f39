// Launcher of the scripts: `node scripts/run.mjs NAME [arguments…]` runs scripts/NAME.ts as a bundle with all that it
// imports: Pulumi starts a script for every resource. The provider stand-ins are `standins/NAME`.

import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { join } from "node:path";
import { bundled, project } from "./bundle.mjs";

const [name = "", ...args] = process.argv.slice(2);
const source = name.startsWith("standins/") ? `${name}.ts` : `scripts/${name}.ts`;
if (/^[\w-]+(\/[\w-]+)*$/.test(name) && existsSync(join(project, source))) {
  const bundle = await bundled(source, `${name}.cjs`, ["scripts", "model", "standins"], {
    format: "cjs",
    // Compiled parts that ssh2 does without when they can't be loaded.
    external: ["*.node", "cpu-features"],
  });
  process.argv = [process.argv[0] ?? "node", bundle, ...args];
  // Newer versions of Node.js can keep compiled code from one start to the next.
  /** @type {{ enableCompileCache?: () => unknown }} */ (module).enableCompileCache?.();
  createRequire(bundle)(bundle);
} else {
  process.stderr.write(`error: there is no script "${name}": expected a file scripts/NAME.ts, given as NAME\n`);
  process.exitCode = 1;
}
