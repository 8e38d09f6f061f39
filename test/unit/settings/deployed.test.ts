import { FIRST_SECURITY } from "../../../model/livingCluster.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterShape } from "../../../model/livingCluster.ts";
import { localSite } from "../../../model/settings/localSettings.ts";
import { planMembers } from "../../../model/render/members.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { typeOf } from "../../../model/urn.ts";
import { lastDeployment, livingMembers } from "../../../program/lastDeployment.ts";

/** What the program would export of its default settings with version 0.1.0, which kept no infrastructure. */
function exported(): Omit<ClusterShape, "infrastructure"> {
  const settings = checkSettings({});
  assert.ok(settings.platform === "local");
  const members = planMembers(settings, localSite(settings).subnets);
  const { version: kafkaVersion, protocol: interBrokerProtocolVersion } = settings.kafkaVersion;
  return { members, kafkaVersion, interBrokerProtocolVersion, subnet: settings.subnet, security: FIRST_SECURITY };
}

const STACK = "urn:pulumi:dev::kafka-cluster::pulumi:pulumi:Stack::kafka-cluster-dev";
const OLDER_MEMBER =
  "urn:pulumi:dev::kafka-cluster::kafka-cluster:index:KafkaCluster$kafka-cluster:index:Member::kafka-1";

/** URN of what a component `Kafka` has made, or of the component itself. */
function ofKafka(name: string, ...types: string[]): string {
  const all = ["Kafka", ...types].map((type) => `kafka-cluster:index:${type}`);
  return `urn:pulumi:dev::kafka-cluster::${all.join("$")}::${name}`;
}

/** The last deployment of a stack with these outputs of resources on record. */
async function deployedOn(record: Readonly<Record<string, object>>): Promise<ClusterShape | undefined> {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ name }) => {
      throw new Error(`the program made ${name}`);
    },
    call: ({ token, inputs }) => {
      assert.equal(token, "pulumi:pulumi:readStackResourceOutputs");
      assert.deepEqual(inputs, { stackName: "organization/kafka-cluster/dev" });
      const outputs = Object.entries(record).map(([urn, outputs]) => [urn, { type: typeOf(urn), outputs }]);
      return { name: inputs.stackName, outputs: Object.fromEntries(outputs) as object };
    },
  };
  await pulumi.runtime.setMocks(mocks, "kafka-cluster", "dev", false, "organization");
  return lastDeployment();
}

/** The same where an older version of the program has made the cluster, which exported these outputs. */
function deployed(outputs: object): Promise<ClusterShape | undefined> {
  return deployedOn({ [STACK]: outputs, [OLDER_MEMBER]: {} });
}

test("a stack without members has no last deployment", async () => {
  assert.equal(await deployedOn({}), undefined);
  assert.equal(await deployedOn({ [STACK]: {} }), undefined);
});

test("the record is the component's own, whatever the stack's outputs and the component are called", async () => {
  for (const name of ["kafka", "events"]) {
    const members = { [ofKafka("kafka-1", "KafkaCluster", "Member")]: {} };
    const last = await deployedOn({
      [STACK]: { members: ["me"], brokers: 3 },
      [ofKafka(name)]: exported(),
      ...members,
    });
    assert.deepEqual(last?.members, exported().members);
  }
});

test("a first deployment that did not end is begun again: its component has no outputs", async () => {
  const members = { [ofKafka("kafka-1", "KafkaCluster", "Member")]: {} };
  assert.equal(await deployedOn({ [STACK]: {}, [ofKafka("kafka")]: {}, ...members }), undefined);
});

test("a stack from before the component stays one that lives until an update has ended well", async () => {
  const below = ofKafka("kafka-2", "KafkaCluster", "Member");
  // The engine has the component on record as soon as the program has asked for it; an update that failed leaves it so.
  for (const members of [{ [OLDER_MEMBER]: {} }, { [below]: {} }, { [OLDER_MEMBER]: {}, [below]: {} }]) {
    const last = await deployedOn({ [STACK]: exported(), [ofKafka("kafka")]: {}, ...members });
    assert.deepEqual(last?.members, exported().members);
  }
});

test("members of an older version without a record are refused, not taken for new ones", async () => {
  // Also after the engine has put the component on record, while the program was being refused.
  for (const component of [{}, { [ofKafka("kafka")]: {} }]) {
    const record = { [STACK]: { nodes: [] }, [OLDER_MEMBER]: {}, ...component };
    await assert.rejects(deployedOn(record), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, /the stack has members \(kafka-1\), .* no output "members"/);
      return true;
    });
  }
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
