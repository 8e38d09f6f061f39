import { FIRST_SECURITY } from "../../../model/livingCluster.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterShape } from "../../../model/livingCluster.ts";
import { localSite } from "../../../model/settings/localSettings.ts";
import { planMembers } from "../../../model/render/members.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { lastDeployment, livingMembers } from "../../../program/lastDeployment.ts";

/** What the program would export of its default settings with version 0.1.0, which kept no infrastructure. */
function exported(): Omit<ClusterShape, "infrastructure"> {
  const settings = checkSettings({});
  assert.ok(settings.platform === "local");
  const members = planMembers(settings, localSite(settings).subnets);
  const { version: kafkaVersion, protocol: interBrokerProtocolVersion } = settings.kafkaVersion;
  return { members, kafkaVersion, interBrokerProtocolVersion, subnet: settings.subnet, security: FIRST_SECURITY };
}

/** The last deployment of a stack with these outputs. */
async function deployed(outputs: object): Promise<ClusterShape | undefined> {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ name, inputs }) => ({ id: name, state: { ...(inputs as object), outputs } }),
    call: ({ token }) => {
      throw new Error(`the program called ${token}`);
    },
  };
  await pulumi.runtime.setMocks(mocks, "kafka-cluster", "dev", false, "organization");
  return lastDeployment();
}

test("a stack without members has no last deployment", async () => {
  assert.equal(await deployed({}), undefined);
});

test("a deployment of version 0.1.0 was on the local platform, with a key of its own", async () => {
  const last = await deployed(exported());
  assert.ok(last);
  const next = (fixed: Record<string, string>): ClusterShape => ({
    ...exported(),
    infrastructure: { fixed, growing: {}, pinned: {} },
  });
  const same = next({ platform: "local", deployerPrivateKey: "made by the program" });
  assert.deepEqual([...livingMembers(last, same)], ["kafka-1", "kafka-2", "kafka-3"]);
  const refused = (fixed: Record<string, string>, message: RegExp): void => {
    assert.throws(() => livingMembers(last, next(fixed)), message);
  };
  refused({ platform: "aws", deployerPrivateKey: "made by the program" }, /platform = "aws": local, with which/);
  refused({ platform: "local", deployerPrivateKey: "ssh-ed25519 A" }, /deployerPrivateKey = "ssh-ed25519 A": made by/);
});
