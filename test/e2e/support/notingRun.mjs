// Stands where scripts/run.mjs does: what goes to machines is only noted, all else runs.

import { randomBytes } from "node:crypto";
import { noteOperation } from "./operations.mjs";

const [script = "", operation = ""] = process.argv.slice(2);

/** What a script prints that would go to a machine, or to Apache. */
const RESULTS = {
  apply: {},
  // Another machine has another key.
  hostKey: { hostKey: `ssh-ed25519 ${randomBytes(9).toString("base64")}` },
  distribution: { url: "https://mirror.example/kafka.tgz", sha512: "0".repeat(128) },
  assignment: { brokers: [1, 2, 3], moved: 0 },
  user: { name: "verification", acls: 8 },
  znodeAccess: { access: "secure" },
  verify: { topic: "replica-yu1", partitions: [], producedVia: "", consumedVia: [], milliseconds: {} },
};

if (script in RESULTS) {
  /** @type {{ name?: string }} */
  const { name } = JSON.parse(process.env.KAFKA_CLUSTER_SPEC ?? "{}");
  noteOperation([script, operation, name].filter(Boolean).join(" "));
  process.stdout.write(JSON.stringify(/** @type {Record<string, unknown>} */ (RESULTS)[script]));
} else {
  await import("../../../scripts/run.mjs");
}
