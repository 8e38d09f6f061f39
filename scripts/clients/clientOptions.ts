import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "../lib/report.ts";
import { STANDARD_INPUT } from "./documents.ts";
import type { Form } from "./format.ts";

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
  --file PATH         file with one JSON document, - for standard input; may be repeated (default: a goods listing)
  --lines             each line of a file is a document
  --key TEXT          key of the messages (default: none); a compacted topic needs one
  --header NAME=VALUE header of the messages; may be repeated, also with the same name
  --partition N       partition to write to (default: by the key, else any)
  --tombstone         sends no document but an empty message, which deletes the key from a compacted topic
  --help              this text

A document is sent byte by byte as it is; only white space at its end is left out.
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
  --raw               on a terminal, too, keys and values byte by byte (default: escaped there, raw in a pipe)
  --json              one JSON document a line for programs, and nothing else on standard output:
                      {topic, partition, offset, timestamp, key, value, headers: [{name, value}]}, the timestamp as a text
                      in ms; key and values are {text}, {base64} where they are no UTF-8, or null
  --help              this text
`;

/** Options of `npm run produce`. */
export interface ProduceOptions {
  readonly topic: string;
  /** Empty: the stack's. */
  readonly brokers: readonly string[];
  /** A user of the stack. */
  readonly user?: string;
  /** Paths, {@link STANDARD_INPUT} among them; empty: the built-in document. */
  readonly files: readonly string[];
  /** Whether each line of a file is a document. */
  readonly lines: boolean;
  readonly key?: string;
  /** By their names; one that was given more than once has all its values. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly partition?: number;
  /** Whether a message without a value is sent. */
  readonly tombstone: boolean;
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
  /** How messages are shown. @default by what standard output is */
  readonly form?: Form;
  /** Number of messages after which to end; endless when absent. */
  readonly max?: number;
}

/** Kafka's protocol has an int16 for the length of a text. */
const MAX_GROUP_BYTES = 32_767;

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
 * @throws UserError for an option that it doesn't know, a value that isn't allowed, or options that exclude each other
 */
export function produceOptions(args: readonly string[]): ProduceOptions | "help" {
  const values = parsed(args, {
    ...COMMON,
    file: { type: "string", multiple: true, default: [] as string[] },
    lines: { type: "boolean", default: false },
    key: { type: "string" },
    header: { type: "string", multiple: true, default: [] as string[] },
    partition: { type: "string" },
    tombstone: { type: "boolean", default: false },
  });
  if (values.help) return "help";
  const { topic, broker: brokers, user, file: files, lines, key, header, partition, tombstone } = values;
  checkCommon(values);
  if (partition !== undefined && !/^(0|[1-9]\d{0,8})$/.test(partition)) {
    throw new UserError(`--partition ${shown(partition)}: expected a whole number from 0`);
  }
  if (files.includes("")) throw new UserError('--file "": expected the path of a file, or - for standard input');
  if (tombstone && key === undefined) throw new UserError("--tombstone deletes a key: give --key KEY, too");
  if (tombstone && (files.length > 0 || lines)) {
    throw new UserError("--tombstone has no document: leave out --file and --lines");
  }
  if (lines && files.length === 0) throw new UserError("--lines takes the lines of a file: give --file PATH, too");
  if (files.filter((path) => path === STANDARD_INPUT).length > 1) {
    throw new UserError("--file -: standard input can be read only once");
  }
  return {
    topic,
    brokers,
    files,
    lines,
    headers: headersOf(header),
    tombstone,
    ...(user !== undefined && { user }),
    ...(key !== undefined && { key }),
    ...(partition !== undefined && { partition: Number(partition) }),
  };
}

/**
 * Reads the consumer's command line.
 *
 * @returns "help" when that was asked for
 * @throws UserError for an option that it doesn't know or a value that isn't allowed
 */
export function consumeOptions(args: readonly string[]): ConsumeOptions | "help" {
  const values = parsed(args, {
    ...COMMON,
    group: { type: "string", default: DEFAULT_GROUP },
    "from-beginning": { type: "boolean", default: false },
    max: { type: "string" },
    raw: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  });
  if (values.help) return "help";
  const { topic, group, broker, user, max, raw, json } = values;
  checkCommon(values);
  const bytes = Buffer.byteLength(group);
  if (bytes === 0 || bytes > MAX_GROUP_BYTES) {
    const seen = bytes === 0 ? '""' : `of ${bytes} bytes`;
    throw new UserError(`--group ${seen}: the name of a consumer group has 1 to ${MAX_GROUP_BYTES} bytes`);
  }
  if (max !== undefined && !/^[1-9]\d{0,8}$/.test(max)) {
    throw new UserError(`--max ${shown(max)}: expected a whole number from 1`);
  }
  if (raw && json) throw new UserError("--json is one form and --raw another one: leave one of them out");
  return {
    topic,
    group,
    brokers: broker,
    ...(user !== undefined && { user }),
    fromBeginning: values["from-beginning"],
    ...(json ? { form: "json" } : raw ? { form: "raw" } : {}),
    ...(max !== undefined && { max: Number(max) }),
  };
}

/** @throws UserError for a value that no client takes; a topic's name is looked at by itself */
function checkCommon({ broker, user }: { readonly broker: readonly string[]; readonly user?: string }): void {
  if (broker.some((each) => each.trim() === "")) throw new UserError('--broker "": expected HOST:PORT');
  if (user === "") throw new UserError('--user "": expected the name of a user of the stack');
}

/** A value as it stands in a sentence: nothing and white space are to be seen. */
function shown(value: string): string {
  return /^[\w.+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** What kafkajs writes is an object by names; these are its own also where every object has such a one. */
function headersOf(given: readonly string[]): Record<string, string | string[]> {
  const headers = new Map<string, string[]>();
  for (const header of given) {
    const equals = header.indexOf("=");
    if (equals < 1) throw new UserError(`--header ${shown(header)}: expected NAME=VALUE`);
    const name = header.slice(0, equals);
    headers.set(name, [...(headers.get(name) ?? []), header.slice(equals + 1)]);
  }
  // Unlike an assignment, it makes also __proto__ a property of its own.
  return Object.fromEntries([...headers].map(([name, values]) => [name, values.length > 1 ? values : values.join()]));
}

/** Node.js takes `--partition -1` for two options; a number is a value. */
function joined(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const isValue = (at: number): boolean =>
      /^-\d/.test(args[at] ?? "") && /^--[a-z]+$/.test(args[at - 1] ?? "") && !args.slice(0, at).includes("--");
    if (isValue(index)) return [];
    return isValue(index + 1) ? [`${arg}=${args[index + 1]}`] : [arg];
  });
}

function parsed<const T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T }>>["values"] {
  try {
    return parseArgs({ args: joined(args), options }).values;
  } catch (error) {
    // parseArgs says which option it doesn't know, or which lacks its value; what it says after that is about Node.js.
    const [said = ""] = (error as Error).message.split(/\.\s/);
    const [, option] = /^Option '(--\w+)' argument is ambiguous/.exec(said) ?? [];
    const reason =
      option === undefined ? said : `${option} needs a value; one that begins with '-' is given as ${option}=VALUE`;
    throw new UserError(`${reason}; --help lists the options`);
  }
}
