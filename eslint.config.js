import tseslint from "typescript-eslint";

/**
 * A floor of the house, and what it may not import: see "The floors" in CONTRIBUTING.md.
 *
 * @param {string} floor
 * @param {string} why
 * @param {readonly string[]} refused regular expressions of what stands in `from "…"`
 * @returns {import("typescript-eslint").ConfigArray[number]}
 */
const floor = (floor, why, refused) => ({
  files: [`${floor}/**/*.ts`],
  rules: {
    "no-restricted-imports": ["error", { patterns: refused.map((regex) => ({ regex, message: why })) }],
  },
});

export default tseslint.config(
  { ignores: ["node_modules/", ".kafka-cluster/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_$" }],
    },
  },
  floor("model", "model/ is plain: it imports neither Pulumi, nor what reads and writes, nor a floor above it", [
    "^@pulumi/",
    "^node:(?!crypto$|zlib$)",
    "^(\\.\\./)+(components|program|scripts|standins)/",
  ]),
  floor("components", "components/ and scripts/ meet in model/ alone", ["^(\\.\\./)+(program|scripts|standins)/"]),
  floor("scripts", "components/ and scripts/ meet in model/ alone", [
    "^@pulumi/",
    "^(\\.\\./)+(components|program|standins)/",
  ]),
  floor("scripts/lib", "scripts/lib/ depends on nothing above it but model/", [
    "^@pulumi/",
    "^\\.\\./(\\.\\./)*(components|program|standins)/",
    "^\\.\\./(?!\\.\\./|lib/)\\w",
  ]),
  floor("standins", "standins/ are programs of their own: they share scripts/lib/ and model/", [
    "^(\\.\\./)+(components|program)/",
    "^(\\.\\./)+scripts/(?!lib/)",
  ]),
  // node:test returns a promise that the runner itself awaits.
  { files: ["test/**/*.ts"], rules: { "@typescript-eslint/no-floating-promises": "off" } },
);
