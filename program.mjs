// Pulumi's entry: index.ts, bundled with all that is this project's own, so that no start compiles TypeScript.

import { readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { bundled, project } from "./scripts/bundle.mjs";
import "./scripts/lazyClosures.mjs";

// What a program of the user's own may import.
const beside = readdirSync(project).filter((name) => name.endsWith(".ts"));
// This file is a source, too: it says of which program the bundle is made. scripts/stack/lastUpdate.ts knows its name.
const program = await bundled(
  "index.ts",
  "program.mjs",
  ["program.mjs", ...beside, "program", "components", "model", "scripts"],
  {
    format: "esm",
    // One copy of Pulumi's runtime: the one that runs this.
    packages: "external",
    // What only AWS needs is loaded there alone.
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  },
);

// Pulumi's runtime asks for a stack trace with every promise and resource, and has each mapped to sources, its own among
// them: a quarter of this program's time. As V8 writes them, they cost next to nothing (findings/pulumi-stack-traces.sh).
Reflect.deleteProperty(Error, "prepareStackTrace");

/** The stack's outputs: what the program exports. */
const outputs = await import(pathToFileURL(program).href);
export { outputs as default };
