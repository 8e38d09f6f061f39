/** What starts a script by its name, from the folder that Pulumi runs in. It stands in every stack's state: never absolute. */
export const LAUNCHER = "node scripts/run.mjs";
