import type { PartitionState } from "../model/kafka/partition.ts";

/** How long each part of a run took, in milliseconds. */
export interface RunTimes {
  readonly setUp: number;
  readonly pulumi: number;
}

interface Member {
  readonly name: string;
  readonly brokerId?: number | null;
  readonly zookeeperId?: number | null;
  readonly address: string;
}

/** The stack's outputs, as far as the summary shows them; each may be missing, for example after a partial update. */
export interface StackOutputs {
  readonly bootstrapServers?: string;
  readonly zookeeperConnect?: string;
  readonly kafkaVersion?: string;
  readonly members?: readonly Member[];
  readonly verification?: {
    readonly topic?: string;
    readonly partitions?: readonly PartitionState[];
    readonly producedVia?: string;
    readonly consumedVia?: readonly string[];
    /** When each step of the verification was done, in milliseconds from its start. */
    readonly milliseconds?: Readonly<Record<string, number>>;
  };
}

/** What came up, for people: one line per fact, in the words of Kafka. */
export function summary(outputs: StackOutputs, times: RunTimes): string {
  const { members = [], verification } = outputs;
  const nameOf = (address: string): string => {
    const member = members.find((each) => each.address === address.replace(/:\d+$/, ""));
    return member ? `${member.name} (${address})` : address;
  };
  const lines: (readonly [label: string, text: string | undefined])[] = [
    ["Kafka", outputs.kafkaVersion],
    ["brokers", listed(members, "brokerId") ?? outputs.bootstrapServers],
    ["ensemble", listed(members, "zookeeperId") ?? outputs.zookeeperConnect],
    ["bootstrap", outputs.bootstrapServers],
    ["topic", verification?.topic],
    ...(verification?.partitions ?? []).map(
      ({ partition, leader, replicas, isr }) =>
        [
          `partition ${partition}`,
          `leader ${leader}, replicas on ${replicas.join(" and ")}, in sync ${isr.join(" and ")}`,
        ] as const,
    ),
    ["message", verification?.producedVia && `taken by ${nameOf(verification.producedVia)}`],
    ["", verification?.consumedVia && `given back by ${verification.consumedVia.map(nameOf).join(" and ")}`],
    ["verification", stepTimes(verification?.milliseconds)],
    [
      "time",
      `set-up ${seconds(times.setUp)}, pulumi ${seconds(times.pulumi)}, total ${seconds(times.setUp + times.pulumi)}`,
    ],
  ];
  return lines
    .filter((line): line is readonly [string, string] => line[1] !== undefined && line[1] !== "")
    .map(([label, text]) => `  ${label.padEnd(13)} ${text}\n`)
    .join("");
}

/** The members that have an id of this kind: `1 kafka-1 10.0.0.18, …`. */
function listed(members: readonly Member[], id: "brokerId" | "zookeeperId"): string | undefined {
  const hosts = members.filter((member) => typeof member[id] === "number");
  return hosts.map((member) => `${member[id]} ${member.name} ${member.address}`).join(", ") || undefined;
}

function stepTimes(milliseconds: Readonly<Record<string, number>> = {}): string | undefined {
  const steps = Object.entries(milliseconds).filter(([, time]) => typeof time === "number");
  steps.sort(([, a], [, b]) => a - b);
  return steps.map(([step, time]) => `${step} after ${seconds(time)}`).join(", ") || undefined;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
