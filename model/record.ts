import { nameOf } from "./urn.ts";

/** Type of the component that makes a cluster. Its outputs in the state are the record of its last deployment. */
export const RECORD_TYPE = "kafka-cluster:index:Kafka";

const MEMBER_TYPE = "kafka-cluster:index:Member";

/** Outputs on record, by their names. One that an older version of the program did not have is absent. */
export type RecordedOutputs = Readonly<Record<string, unknown>>;

/** A resource on record, as far as the record of a deployment takes it. */
export interface RecordedOutput {
  readonly urn: string;
  readonly type?: string;
  readonly outputs?: RecordedOutputs;
}

/**
 * What the last successful deployment has left: the outputs of the component, or, where the last one was by a version of
 * the program from before there was the component, those of its stack. They stay there until an update by this version has
 * ended well, whatever one that failed has left of the component.
 *
 * @returns undefined before the first one
 */
export function recordIn(resources: readonly RecordedOutput[]): RecordedOutputs | undefined {
  const ofType = (wanted: string): RecordedOutputs | undefined =>
    resources.find(({ type, outputs }) => type === wanted && isRecord(outputs))?.outputs;
  return ofType(RECORD_TYPE) ?? ofType("pulumi:pulumi:Stack");
}

/** A program can have an output `members` of its own: with Kafka's version beside it, it is the record. */
function isRecord(outputs: RecordedOutputs | undefined): boolean {
  return Array.isArray(outputs?.members) && typeof outputs.kafkaVersion === "string";
}

/** Names of the members that a version of the program from before there was the component has made: they stand at the top. */
export function membersAtTop(resources: readonly RecordedOutput[]): string[] {
  return resources
    .filter(({ urn, type }) => type === MEMBER_TYPE && !urn.includes(`${RECORD_TYPE}$`))
    .map(({ urn }) => nameOf(urn));
}
