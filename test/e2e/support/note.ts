/** The operations note's commands, run with Kafka's console tools inside a member. */
import { inside } from "./machines.ts";

/** What the note's commands showed. */
export interface NoteResult {
  /** Lines of `kafka-topics.sh --list`. */
  readonly topics: readonly string[];
  readonly description: string;
  /** What each consumer printed. */
  readonly consumed: readonly string[];
}

/** Where the commands run, and on what. */
export interface NoteArgs {
  readonly stack: string;
  /** Folder of Kafka's distribution below /opt. */
  readonly distribution: string;
  /** How kafka-topics.sh reaches the cluster: `--zookeeper localhost:2181`. */
  readonly connection: string;
  /** The option that names the console producer's broker. */
  readonly brokerOption: "--broker-list" | "--bootstrap-server";
  /** First three octets of the subnet, with a dot at the end. */
  readonly prefix: string;
  readonly topic: string;
  readonly message: string;
}

/** Creates, lists and describes a topic, sends a message through .20, and reads it through .18 and .19. */
export async function runNote(args: NoteArgs): Promise<NoteResult> {
  const bin = `/opt/${args.distribution}/bin`;
  const run = (command: string): Promise<string> => inside(args.stack, "kafka-1", command);
  const topics = `${bin}/kafka-topics.sh`;
  await run(`${topics} --create ${args.connection} --replication-factor 2 --partitions 1 --topic ${args.topic}`);
  const list = await run(`${topics} --list ${args.connection}`);
  const description = await run(`${topics} --describe ${args.connection} --topic ${args.topic}`);
  const producer = `${bin}/kafka-console-producer.sh ${args.brokerOption} ${args.prefix}20:9092 --topic ${args.topic}`;
  await run(`echo '${args.message}' | ${producer}`);
  const consume = (address: string): Promise<string> =>
    run(
      `${bin}/kafka-console-consumer.sh --bootstrap-server ${address} --topic ${args.topic} --from-beginning ` +
        "--max-messages 1 --timeout-ms 30000",
    );
  const consumed = await Promise.all([consume(`${args.prefix}18:9092`), consume(`${args.prefix}19:9092`)]);
  return { topics: list.trim().split("\n"), description, consumed: consumed.map((text) => text.trim()) };
}
