import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { DeployerKey } from "../../../components/deployerKey.ts";
import { deploy, only } from "./deploy.ts";

test("the deployer's key pair is printed once, never logged, and stays a secret", async () => {
  let privateKey: pulumi.Output<string> | undefined;
  const resources = await deploy(
    () => {
      privateKey = new DeployerKey("deployer").privateKey;
    },
    { "deployer-pair": { privateKey: "PRIVATE", publicKey: "PUBLIC" } },
  );
  const pair = only(resources, "deployer-pair");
  assert.deepEqual(pair.inputs, { create: "node scripts/run.mjs sshKey", update: "true", logging: "none" });
  assert.equal(pair.parent, "deployer");
  assert.deepEqual(pair.additionalSecretOutputs, ["stdout", "stderr"]);
  assert.equal(await pulumi.isSecret(privateKey as pulumi.Output<string>), true);
});
