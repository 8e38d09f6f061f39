/**
 * Makes an SSH key pair and prints it as JSON: `{privateKey, publicKey}`.
 *
 *     node scripts/run.mjs sshKey
 */
import { makeKeyPair } from "./lib/keyPair.ts";
import { result, runScript } from "./lib/report.ts";

runScript(() => {
  result(makeKeyPair("kafka-cluster"));
  return Promise.resolve();
});
