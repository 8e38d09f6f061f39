import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { ApplySpec } from "../../../model/specs/applySpec.ts";
import { startHash } from "../../../scripts/apply/files.ts";
import { readSpec, specIn, withSecrets } from "../../../scripts/apply/spec.ts";
import { applySpec } from "../plan/recorded.ts";

const SECURED = applySpec({ security: "secured" }, { security: "secured" });
const PATHS = SECURED.files.filter(({ secret }) => secret).map(({ path }) => path);
const CONTENTS = Object.fromEntries(PATHS.map((path) => [path, `the key of ${path}`]));
const HASHES = Object.fromEntries(
  Object.entries(CONTENTS).map(([path, text]) => [path, createHash("sha256").update(text).digest("hex")]),
);

test("with its hashes a service's start is known without its secrets, and the same as with them", () => {
  const told = readSpec(JSON.stringify(SECURED), JSON.stringify(HASHES));
  const filled = withSecrets(told, { privateKey: "PRIVATE", files: CONTENTS });
  assert.equal(PATHS.length, 4);
  for (const service of told.services) {
    assert.equal(startHash(service, told.files), startHash(service, filled.files));
    const other = readSpec(
      JSON.stringify(SECURED),
      JSON.stringify({ ...HASHES, [PATHS[0] ?? ""]: "0", [PATHS[2] ?? ""]: "0" }),
    );
    assert.notEqual(startHash(service, told.files), startHash(service, other.files));
  }
  assert.deepEqual(
    filled.files.filter(({ secret }) => secret).map(({ path, content }) => [path, content]),
    Object.entries(CONTENTS),
  );
  assert.throws(() => withSecrets(told, { privateKey: "PRIVATE" }), /server\.pem: its content has not come/);
});

test("what an older program has left is a plaintext cluster's", () => {
  const { security: _, ...older } = applySpec();
  assert.equal(readSpec(JSON.stringify(older), undefined).security, "plaintext");
});

test("an apply is known by its spec", () => {
  const environment = {
    KAFKA_CLUSTER_SPEC: JSON.stringify(SECURED),
    KAFKA_CLUSTER_SECRET_HASHES: JSON.stringify(HASHES),
  };
  const spec: ApplySpec | undefined = specIn(environment);
  assert.equal(spec?.files.find(({ path }) => path === PATHS[0])?.sha256, HASHES[PATHS[0] ?? ""]);
  for (const other of [undefined, {}, { KAFKA_CLUSTER_SPEC: "{}" }]) assert.equal(specIn(other), undefined);
});
