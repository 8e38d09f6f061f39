/**
 * Makes an SSH key pair and prints it as JSON: `{privateKey, publicKey}`.
 *
 *     node scripts/run.mjs sshKey
 */
import { utils } from "ssh2";
import { result, runScript } from "./lib/report.ts";

runScript(() => {
  const pair = utils.generateKeyPairSync("ed25519", { comment: "kafka-cluster" });
  result({ privateKey: pair.private, publicKey: pair.public });
  return Promise.resolve();
});
