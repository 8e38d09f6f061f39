/**
 * Plans of the dev stack as the engine of Pulumi 3.259.0 told them in its event log, cut down to the operation, the
 * resource's name and the keys of a replacement, and without what stays the same.
 */
import { renderNode } from "../../../model/render/node.ts";
import type { NodeSettings } from "../../../model/render/node.ts";
import type { ApplySpec } from "../../../model/specs/applySpec.ts";
import type { Step, StepState } from "../../../scripts/plan/planSteps.ts";
import { UNKNOWN } from "../../../model/engineValues.ts";

/** A member's machine replaced in the order that the chain gives. */
const rolled = (member: string, keys: string): string => `
delete-replaced ${member}-apply
delete-replaced ${member}-machine
replace ${member}-machine ${keys}
create-replacement ${member}-machine ${keys}
replace ${member}-apply
create-replacement ${member}-apply triggers`;

const VERIFICATION = `
create-replacement verification-run keepers
replace verification-run keepers
update verification-round-trip
delete-replaced verification-run`;

const MEMBERS = ["kafka-1", "kafka-2", "kafka-3"];

export const RECORDED = {
  nothing: "",
  /** `--replace '**kafka-2-machine'` */
  replace: rolled("kafka-2", "id") + VERIFICATION,
  /** A new recipe of the image: its Command is updated, and each machine follows in its turn. */
  recipe: `update local-image${MEMBERS.map((member) => rolled(member, "triggers")).join("")}${VERIFICATION}`,
  /** `--replace '**kafka-2*'` */
  all: `
create-replacement kafka-2 id
replace kafka-2 id
delete-replaced verification-run
delete-replaced kafka-2-apply
delete-replaced kafka-2-machine
delete-replaced kafka-2-volume
replace kafka-2-volume id
create-replacement kafka-2-volume id
replace kafka-2-machine
create-replacement kafka-2-machine triggers
replace kafka-2-apply
create-replacement kafka-2-apply triggers
replace verification-run
create-replacement verification-run keepers
update verification-round-trip
delete-replaced kafka-2`,
  /** `--replace '**local-image'` */
  image: `
delete-replaced kafka-1-apply
delete-replaced kafka-3-apply
delete-replaced kafka-2-apply
delete-replaced verification-run
delete-replaced kafka-1-machine
delete-replaced kafka-3-machine
delete-replaced kafka-2-machine
delete-replaced local-image
replace local-image id
create-replacement local-image id
replace kafka-1-machine
create-replacement kafka-1-machine triggers
replace kafka-1-apply
create-replacement kafka-1-apply triggers
replace kafka-2-machine
create-replacement kafka-2-machine triggers
replace kafka-2-apply
create-replacement kafka-2-apply triggers
replace kafka-3-machine
create-replacement kafka-3-machine triggers
replace kafka-3-apply
create-replacement kafka-3-apply triggers${VERIFICATION}`,
  /** `brokerCount` from 3 to 4. */
  more: `
create kafka-4
create kafka-4-volume
create kafka-4-machine
update kafka-1-apply
update kafka-2-apply
update kafka-3-apply
create kafka-4-apply
update assignment-partitions${VERIFICATION}`,
  /** `brokerCount` from 4 to 3. */
  fewer: `
update kafka-1-apply
update kafka-2-apply
update kafka-3-apply
update assignment-partitions${VERIFICATION}
delete kafka-4-apply
delete kafka-4-machine
delete kafka-4-volume
delete kafka-4`,
  /** The same with `--replace '**kafka-2-machine'`. */
  fewerAndReplace: `
update kafka-1-apply${rolled("kafka-2", "id")}
update kafka-3-apply
update assignment-partitions${VERIFICATION}
delete kafka-4-apply
delete kafka-4-machine
delete kafka-4-volume
delete kafka-4`,
  /** `machine.cpus`: whether the machines stay the same is not known in a preview. */
  cpus: MEMBERS.map(
    (member) => `
update ${member}-machine
delete-replaced ${member}-apply
replace ${member}-apply triggers
create-replacement ${member}-apply triggers`,
  ).join(""),
  /** On AWS, with `--refresh`, when an instance is gone. */
  goneInstance: `
create kafka-2-machine
create kafka-2-attachment
delete-replaced kafka-2-host-key
replace kafka-2-host-key triggers
create-replacement kafka-2-host-key triggers
delete-replaced kafka-2-apply
replace kafka-2-apply triggers
create-replacement kafka-2-apply triggers`,
} as const;

/** URN of a resource of the dev stack. */
export function urnOf(name: string): string {
  const prefix = "urn:pulumi:dev::kafka-cluster::";
  const member = "kafka-cluster:index:KafkaCluster$kafka-cluster:index:Member";
  if (/^(kafka|zookeeper)-\d+$/.test(name)) return `${prefix}${member}::${name}`;
  const isPart = /^(kafka|zookeeper)-\d+-/.test(name);
  const other = name === "assignment-partitions" ? "Assignment" : "Other";
  return `${prefix}${isPart ? member : `kafka-cluster:index:${other}`}$command:local:Command::${name}`;
}

/**
 * The steps of a recorded plan, the members' untouched resources included.
 *
 * @param states what is known of a resource before and after, by its name
 */
export function stepsOf(recorded: string, states: Readonly<Record<string, Pick<Step, "old" | "new">>> = {}): Step[] {
  const steps = recorded
    .split("\n")
    .filter(Boolean)
    .map((line): Step => {
      const [op = "", name = "", key] = line.split(" ");
      return { op, urn: urnOf(name), keys: key === undefined ? null : [key], ...states[name] };
    });
  const untouched = MEMBERS.flatMap((member) =>
    ["volume", "machine", "apply"].map((part) => urnOf(`${member}-${part}`)),
  );
  const same = untouched.filter((urn) => !steps.some((step) => step.urn === urn));
  return [...same.map((urn) => ({ op: "same", urn })), ...steps];
}

/** The state of a Command whose script is told that. */
export function told(spec: object | undefined, more: Readonly<Record<string, unknown>> = {}): StepState {
  return { inputs: { environment: { KAFKA_CLUSTER_SPEC: spec ? JSON.stringify(spec) : UNKNOWN }, ...more } };
}

/** The spec of an apply of kafka-1, with other settings. */
export function applySpec(settings: Partial<NodeSettings> = {}, more: Partial<ApplySpec> = {}): ApplySpec {
  const peer = { id: 1, address: "10.0.0.18" };
  const plan = { name: "kafka-1", address: peer.address, brokerId: 1, zookeeperId: 1 };
  const files = renderNode(plan, {
    ensemble: [peer],
    brokerCount: 1,
    interBrokerProtocolVersion: "3.9",
    security: "plaintext",
    brokerProperties: { "log.retention.ms": "7200000", "num.network.threads": "3" },
    heap: { broker: "384m", zookeeper: "128m" },
    distribution: { name: "kafka_2.13-3.9.2", url: "file:///kafka.tar", sha512: "abc" },
    host: { ownKernel: false },
    ...settings,
  });
  return {
    ...plan,
    hostKey: "ssh-ed25519 AAAA",
    reach: { via: "link" },
    services: ["zookeeper", "kafka"],
    brokers: [peer],
    ensemble: [peer],
    kafkaVersion: "3.9.2",
    security: "plaintext",
    rollout: { gateTimeoutSeconds: 120, acceptUnavailable: false, acceptDataLoss: false },
    files,
    ...more,
  };
}
