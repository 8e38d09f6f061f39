import { parseArgs } from "node:util";
import { UserError } from "../lib/report.ts";

/** Topic of the operations note's two clients. */
export const DEFAULT_TOPIC = "taobao-yu1";
/** Consumer group of the operations note's consumer. */
export const DEFAULT_GROUP = "group2";

/** Help of `npm run produce`. */
export const PRODUCE_HELP = `Sends JSON documents to a topic, and prints where each was written.

  npm run produce -- [options]

  --topic NAME        topic, created when it is missing (default ${DEFAULT_TOPIC})
  --broker HOST:PORT  broker to bootstrap from; may be repeated (default: the stack's brokers)
  --user NAME         user of the stack to log in as (default: nobody, or the only one of a cluster that asks)
  --file PATH         file with one JSON document; may be repeated (default: a goods listing)
  --help              this text
`;

/** Help of `npm run consume`. */
export const CONSUME_HELP = `Prints the messages of a topic as they come, until Ctrl-C.

  npm run consume -- [options]

  --topic NAME        topic (default ${DEFAULT_TOPIC})
  --group NAME        consumer group (default ${DEFAULT_GROUP})
  --broker HOST:PORT  broker to bootstrap from; may be repeated (default: the stack's brokers)
  --user NAME         user of the stack to log in as (default: nobody, or the only one of a cluster that asks)
  --from-beginning    a group that has no position yet starts at the first message, not after the last
  --max N             end after N messages
  --help              this text
`;

/** Options of `npm run produce`. */
export interface ProduceOptions {
  readonly topic: string;
  /** Empty: the stack's. */
  readonly brokers: readonly string[];
  /** A user of the stack. */
  readonly user?: string;
  /** Paths; empty: the built-in document. */
  readonly files: readonly string[];
}

/** Options of `npm run consume`. */
export interface ConsumeOptions {
  readonly topic: string;
  readonly group: string;
  /** Empty: the stack's. */
  readonly brokers: readonly string[];
  /** A user of the stack. */
  readonly user?: string;
  readonly fromBeginning: boolean;
  /** Number of messages after which to end; endless when absent. */
  readonly max?: number;
}

const COMMON = {
  topic: { type: "string", default: DEFAULT_TOPIC },
  broker: { type: "string", multiple: true, default: [] as string[] },
  user: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/**
 * Reads the producer's command line.
 *
 * @returns "help" when that was asked for
 * @throws UserError for an option that it doesn't know
 */
export function produceOptions(args: readonly string[]): ProduceOptions | "help" {
  const values = parsed(
    () =>
      parseArgs({
        args: [...args],
        options: { ...COMMON, file: { type: "string", multiple: true, default: [] as string[] } },
      }).values,
  );
  if (values.help) return "help";
  const { topic, broker: brokers, user, file: files } = values;
  return { topic, brokers, files, ...(user !== undefined && { user }) };
}

/**
 * Reads the consumer's command line.
 *
 * @returns "help" when that was asked for
 * @throws UserError for an option that it doesn't know or a value that isn't allowed
 */
export function consumeOptions(args: readonly string[]): ConsumeOptions | "help" {
  const values = parsed(
    () =>
      parseArgs({
        args: [...args],
        options: {
          ...COMMON,
          group: { type: "string", default: DEFAULT_GROUP },
          "from-beginning": { type: "boolean", default: false },
          max: { type: "string" },
        },
      }).values,
  );
  if (values.help) return "help";
  const { topic, group, broker, user, max } = values;
  if (max !== undefined && !/^[1-9]\d{0,8}$/.test(max)) {
    throw new UserError(`--max ${max}: expected a whole number from 1`);
  }
  return {
    topic,
    group,
    brokers: broker,
    ...(user !== undefined && { user }),
    fromBeginning: values["from-beginning"],
    ...(max !== undefined && { max: Number(max) }),
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // parseArgs says which option it doesn't know, or which lacks its value.
    throw new UserError(`${(error as Error).message}; --help lists the options`);
  }
}
