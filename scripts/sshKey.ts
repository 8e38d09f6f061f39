/**
 * Makes an SSH key pair and prints it as JSON: `{privateKey, publicKey}`.
 *
 *     node scripts/run.mjs sshKey
 */
import { result, runScript } from "./lib/report.ts";
import { generateKeyPair } from "./lib/ssh.ts";

runScript(() => {
  result(generateKeyPair("kafka-cluster"));
  return Promise.resolve();
});
