/** The stacks on AWS, planned by the real engine with the tests' own provider and the policy pack: no cloud is asked. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { installAwsProvider } from "./support/awsProvider.ts";
import { type Ended, start } from "./support/stack.ts";

let folder: string;
/** The pack, and its configuration that asks for protected volumes. */
const PACK = ["--policy-pack", "policies"];
let protectedPack: string[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "aws-preview-"));
  const file = join(folder, "policies.json");
  await writeFile(file, JSON.stringify({ "data-volumes-protected": { requireProtection: true } }));
  protectedPack = [...PACK, "--policy-pack-config", file];
});
after(() => rm(folder, { recursive: true, force: true }));

/** Runs `npm run preview` of a stack's own file, in a home of its own. */
async function preview(stack: string, ...args: string[]): Promise<Ended> {
  const home = join(folder, stack);
  const config = join(folder, `${stack}.yaml`);
  // The file leaves to the user who may connect.
  const text = (await readFile(`Pulumi.${stack}.yaml`, "utf8")).replace("sshFrom: []", "sshFrom: [192.0.1.0/24]");
  await writeFile(config, text);
  await installAwsProvider(home);
  const env = { KAFKA_CLUSTER_STACK: stack, KAFKA_CLUSTER_HOME: home, KAFKA_CLUSTER_CONFIG: config };
  return start([process.execPath, "scripts/bootstrap.mjs", "preview", ...args], env).ended;
}

/** How many resources of each type of AWS a preview would make. */
function created({ code, text, stdout }: Ended): Record<string, number> {
  assert.equal(code, 0, text);
  const { steps } = JSON.parse(stdout) as { steps: { op: string; newState: { type: string } }[] };
  const counts: Record<string, number> = {};
  for (const { op, newState } of steps) {
    const [, type] = /^aws:\w+\/\w+:(\w+)$/.exec(newState.type) ?? [];
    if (op === "create" && type) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

test("staging keeps the policies, and is told when its volumes had to be protected", async () => {
  assert.deepEqual(created(await preview("staging", "--json", ...PACK)), {
    Eip: 2,
    EipAssociation: 1,
    Instance: 4,
    InternetGateway: 1,
    NatGateway: 1,
    NetworkInterface: 3,
    PlacementGroup: 1,
    RouteTable: 2,
    RouteTableAssociation: 2,
    SecurityGroup: 3,
    SecurityGroupEgressRule: 3,
    SecurityGroupIngressRule: 11,
    Subnet: 2,
    Volume: 3,
    VolumeAttachment: 3,
    Vpc: 1,
  });
  const { code, text } = await preview("staging", ...protectedPack);
  assert.notEqual(code, 0, text);
  for (const id of [1, 2, 3]) {
    assert.ok(text.includes(`kafka-${id}-volume: a data volume, protect is false, and requireProtection is on`), text);
  }
});

test("prod keeps the policies, with its volumes protected", async () => {
  assert.deepEqual(created(await preview("prod", "--json", ...protectedPack)), {
    Eip: 4,
    EipAssociation: 1,
    Instance: 7,
    InternetGateway: 1,
    NatGateway: 3,
    NetworkInterface: 6,
    RouteTable: 4,
    RouteTableAssociation: 6,
    SecurityGroup: 3,
    SecurityGroupEgressRule: 3,
    SecurityGroupIngressRule: 11,
    Subnet: 6,
    Volume: 6,
    VolumeAttachment: 6,
    Vpc: 1,
  });
});
