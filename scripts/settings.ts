import { writeFileSync } from "node:fs";
import { progress, runScript } from "./lib/report.ts";
import { writtenFiles } from "./settings/writtenFiles.ts";

/**
 * `npm run settings`: writes what comes from the table of settings, which are the section `config` of Pulumi.yaml, that
 * part of docs/settings.md, and model/settings/kafkaArgs.ts. For who changes a setting of the program.
 */
runScript(async () => {
  for (const [path, text] of await writtenFiles()) {
    writeFileSync(path, text);
    progress(`wrote ${path}`);
  }
});
