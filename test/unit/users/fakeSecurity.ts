import type Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import { AdminRequests } from "../../../scripts/lib/adminRequests.ts";
import { kafkaClient } from "../../../scripts/lib/kafka.ts";
import { type Answer, KafkaServer } from "../lib/kafkaServer.ts";

/** An access control entry as the protocol has it: type, name, pattern, principal, host, operation, permission. */
export type Entry = readonly [number, string, number, string, string, number, number];

/** What three brokers keep of users, as far as work on users asks them. */
export class FakeSecurity {
  /** What each broker goes by. */
  readonly views = new Map<number, Entry[]>([1, 2, 3].map((id) => [id, []]));
  /** Passwords as they are set: iterations, salt, salted password. */
  readonly credentials = new Map<string, { iterations: number; salt: Buffer; saltedPassword: Buffer }>();
  /** Which entries were created and deleted. */
  readonly asked: string[] = [];
  /** Brokers without an authorizer. */
  readonly open = new Set<number>();
  /** How often a broker still tells of what it had before. */
  readonly late = new Map<number, { times: number; before: Entry[] }>();
  /** Gives the error for an entry that is created or deleted. */
  refusal: (entry: Entry) => readonly [code: number, message: string | null] = () => [0, null];
  /** Gives the error for a credential. */
  credentialError = 0;

  set(...entries: Entry[]): void {
    for (const id of this.views.keys()) this.views.set(id, [...entries]);
  }

  /** Answers by the key of the API. */
  answers(): Map<number, Answer> {
    return new Map<number, Answer>([
      [29, (body, broker) => this.#describe(body, broker)],
      [30, (body, broker) => this.#create(body, broker)],
      [31, (body, broker) => this.#delete(body, broker)],
      [50, (body) => this.#describeCredentials(body)],
      [51, (body) => this.#alterCredentials(body)],
    ]);
  }

  /** Runs against three brokers, and tells what they were asked. */
  async run(use: (requests: AdminRequests, cluster: KafkaServer) => Promise<void>): Promise<readonly string[]> {
    const cluster = await KafkaServer.start(3, this.answers());
    const client = kafkaClient({ brokers: cluster.addresses, clientId: "test" });
    const requests = new AdminRequests(client);
    try {
      await use(requests, cluster);
    } finally {
      await requests.close();
      client.close();
      cluster.close();
    }
    return cluster.received;
  }

  #describe(body: Decoder, broker: number): Encoder {
    const filter = [
      body.readInt8(),
      body.readString(),
      body.readInt8(),
      body.readString(),
      body.readString(),
      body.readInt8(),
      body.readInt8(),
    ] as const;
    const [, , , principal] = filter;
    if (JSON.stringify(filter) !== JSON.stringify([1, null, 1, principal, null, 1, 1])) throw new Error("other filter");
    const head = (code: number) => new Encoder().writeInt32(0).writeInt16(code).writeString(null);
    if (this.open.has(broker)) return head(54).writeArray([]);
    const late = this.late.get(broker);
    const isLate = late !== undefined && late.times-- > 0;
    const seen = isLate ? late.before : (this.views.get(broker) ?? []);
    // A broker that does not filter, so that the script has to.
    return head(0).writeArray(
      seen.map(([type, name, pattern, owner, host, operation, permission]) =>
        new Encoder()
          .writeInt8(type)
          .writeString(name)
          .writeInt8(pattern)
          .writeArray([new Encoder().writeString(owner).writeString(host).writeInt8(operation).writeInt8(permission)]),
      ),
    );
  }

  #create(body: Decoder, broker: number): Encoder {
    const outcomes = body.readArray(readEntry).map((entry) => {
      const [code, message] = this.open.has(broker) ? ([54, null] as const) : this.refusal(entry);
      this.asked.push(`create ${entry.join(" ")}`);
      if (code === 0) {
        for (const [id, entries] of this.views) this.views.set(id, [...entries.filter(unlike(entry)), entry]);
      }
      return new Encoder().writeInt16(code).writeString(message);
    });
    return new Encoder().writeInt32(0).writeArray(outcomes);
  }

  #delete(body: Decoder, broker: number): Encoder {
    const outcomes = body.readArray(readEntry).map((entry) => {
      if (this.open.has(broker)) return new Encoder().writeInt16(54).writeString(null).writeArray([]);
      const [code, message] = this.refusal(entry);
      this.asked.push(`delete ${entry.join(" ")}`);
      if (code === 0) for (const [id, entries] of this.views) this.views.set(id, entries.filter(unlike(entry)));
      const match = new Encoder().writeInt16(code).writeString(message).writeEncoder(writeEntry(entry));
      return new Encoder().writeInt16(0).writeString(null).writeArray([match]);
    });
    return new Encoder().writeInt32(0).writeArray(outcomes);
  }

  #describeCredentials(body: Decoder): Encoder {
    const users = readFlexible(body, () => ({ name: body.readUVarIntString() ?? "" }));
    const results = users.map(({ name }) => {
      const credential = this.credentials.get(name);
      const infos = credential ? [new Encoder().writeInt8(2).writeInt32(credential.iterations).writeUVarInt(0)] : [];
      return new Encoder()
        .writeUVarIntString(name)
        .writeInt16(credential ? 0 : 91)
        .writeUVarIntString(null)
        .writeUVarIntArray(infos)
        .writeUVarInt(0);
    });
    return new Encoder()
      .writeUVarInt(0)
      .writeInt32(0)
      .writeInt16(0)
      .writeUVarIntString(null)
      .writeUVarIntArray(results)
      .writeUVarInt(0);
  }

  #alterCredentials(body: Decoder): Encoder {
    body.readUVarInt();
    const list = <T>(read: () => T): T[] =>
      body.readUVarIntArray(() => {
        const entry = read();
        body.readUVarInt();
        return entry;
      }) ?? [];
    const deletions = list(() => ({ user: body.readUVarIntString() ?? "", mechanism: body.readInt8() }));
    const bytes = (): Buffer => Buffer.from(Array.from({ length: body.readUVarInt() - 1 }, () => body.readInt8()));
    const upsertions = list(() => ({
      user: body.readUVarIntString() ?? "",
      mechanism: body.readInt8(),
      iterations: body.readInt32(),
      salt: bytes(),
      saltedPassword: bytes(),
    }));
    const outcome = (user: string, code: number) =>
      new Encoder().writeUVarIntString(user).writeInt16(code).writeUVarIntString(null).writeUVarInt(0);
    const results = [
      ...deletions.map(({ user }) => {
        const code = this.credentialError || (this.credentials.has(user) ? 0 : 91);
        if (code === 0) this.credentials.delete(user);
        return outcome(user, code);
      }),
      ...upsertions.map(({ user, ...credential }) => {
        if (this.credentialError === 0) this.credentials.set(user, credential);
        return outcome(user, this.credentialError);
      }),
    ];
    return new Encoder().writeUVarInt(0).writeInt32(0).writeUVarIntArray(results).writeUVarInt(0);
  }
}

/** The list of a request that has one only, its header's and its own end included. */
function readFlexible<T>(body: Decoder, read: () => T): T[] {
  body.readUVarInt();
  const entries = body.readUVarIntArray(() => {
    const entry = read();
    body.readUVarInt();
    return entry;
  });
  body.readUVarInt();
  return entries ?? [];
}

function readEntry(body: Decoder): Entry {
  return [
    body.readInt8(),
    body.readString() ?? "",
    body.readInt8(),
    body.readString() ?? "",
    body.readString() ?? "",
    body.readInt8(),
    body.readInt8(),
  ];
}

function writeEntry([type, name, pattern, principal, host, operation, permission]: Entry): Encoder {
  return new Encoder()
    .writeInt8(type)
    .writeString(name)
    .writeInt8(pattern)
    .writeString(principal)
    .writeString(host)
    .writeInt8(operation)
    .writeInt8(permission);
}

function unlike(entry: Entry): (other: Entry) => boolean {
  return (other) => other.join("\n") !== entry.join("\n");
}
