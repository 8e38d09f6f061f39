import { createHash } from "node:crypto";
import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import { type ApplySpec, type ApplySecrets, SECRET_HASHES } from "../../model/specs/applySpec.ts";

/** The environment of an apply, as far as it is read. */
type Environment = Readonly<Record<string, unknown>>;

/**
 * Reads what an apply is told, the hashes of secret files included. One that an older version of the program has left in
 * the state knows nothing of security.
 *
 * @param hashes JSON; undefined where they are not known, as in a preview that will make keys
 */
export function readSpec(text: string, hashes: unknown): ApplySpec {
  const spec = { security: "plaintext", ...(JSON.parse(text) as Partial<ApplySpec>) } as ApplySpec;
  const known = typeof hashes === "string" ? (JSON.parse(hashes) as Record<string, string>) : {};
  const files = spec.files.map((file) => (file.secret ? { ...file, sha256: known[file.path] ?? "unknown" } : file));
  return { ...spec, files };
}

/** The spec in a Command's environment; undefined where there is none. */
export function specIn(environment: Environment | undefined): ApplySpec | undefined {
  const text = environment?.[SPEC_VARIABLE];
  if (typeof text !== "string") return undefined;
  const { files, services } = JSON.parse(text) as Partial<ApplySpec>;
  return Array.isArray(files) && Array.isArray(services) ? readSpec(text, environment?.[SECRET_HASHES]) : undefined;
}

/**
 * The spec with the contents of its secret files.
 *
 * @throws Error when one is lacking
 */
export function withSecrets(spec: ApplySpec, { files = {} }: ApplySecrets): ApplySpec {
  const filled = spec.files.map((file) => {
    if (!file.secret) return file;
    const content = files[file.path];
    if (content === undefined) throw new Error(`${file.path}: its content has not come on standard input`);
    return { ...file, content, sha256: createHash("sha256").update(content).digest("hex") };
  });
  return { ...spec, files: filled };
}
