/** Text of an `index.mjs` that runs the `index.ts` beside it in Pulumi: what tests' own small programs begin with. */
export const TYPESCRIPT_ENTRY = `import "tsx";
const outputs = await import("./index.ts");
export { outputs as default };
`;
