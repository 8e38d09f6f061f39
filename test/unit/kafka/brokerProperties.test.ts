import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type BrokerProperties, checkBrokerProperties } from "../../../model/kafka/brokerProperties.ts";
import { brokerDefinitions } from "../../../model/kafka/definitions.ts";
import { SettingsError } from "../../../model/kafka/problem.ts";
import { reservedReason } from "../../../model/kafka/reservedProperties.ts";
import { KAFKA_VERSIONS } from "../../../model/kafka/versions.ts";

const versions = KAFKA_VERSIONS.map(({ version }) => version);

/** The one problem's `allowed`, after checking its key; undefined when there is none. */
function refusalOf(properties: BrokerProperties, version = "3.9.2", brokerCount = 3): string | undefined {
  const problems = checkBrokerProperties(version, properties, { brokerCount });
  assert.ok(problems.length <= 1, JSON.stringify(problems));
  const [problem] = problems;
  if (problem) assert.ok(problem.key in properties, problem.key);
  return problem?.allowed;
}

describe("the note's table", () => {
  const note = {
    "num.network.threads": 3,
    "num.io.threads": "8",
    "socket.request.max.bytes": 104857600,
    "log.retention.hours": 168,
    "message.max.bytes": 5242880,
    "default.replication.factor": 2,
    "log.cleaner.enable": true,
  };
  for (const version of versions) {
    test(`is right for ${version}`, () => {
      assert.deepEqual(checkBrokerProperties(version, note, { brokerCount: 3 }), []);
    });
    test(`but for its slip and what is gone (${version})`, () => {
      const written = { "message.max.byte": 5242880, port: 19092, "host.name": "192.168.7.100", "broker.id": 0 };
      assert.deepEqual(checkBrokerProperties(version, written, { brokerCount: 3 }), [
        {
          key: "message.max.byte",
          value: 5242880,
          allowed: "no such property in this version of Kafka; did you mean message.max.bytes?",
        },
        {
          key: "port",
          value: 19092,
          allowed:
            "not for brokerProperties: gone since Kafka 3.0: the program gives each broker its listeners from the member's address",
        },
        {
          key: "host.name",
          value: "192.168.7.100",
          allowed:
            "not for brokerProperties: gone since Kafka 3.0: the program gives each broker its listeners from the member's address",
        },
        {
          key: "broker.id",
          value: 0,
          allowed: "not for brokerProperties: the member's position sets it, and it stays with the member",
        },
      ]);
    });
  }
});

describe("a value", () => {
  const int = "a whole number (int) from 1 to 2147483647";
  const cases: [key: string, value: string | number | boolean, allowed: string | undefined][] = [
    ["auto.create.topics.enable", "FALSE", undefined],
    ["auto.create.topics.enable", "no", "true or false"],
    ["auto.create.topics.enable", 1, "true or false"],
    ["num.partitions", " 12 ", undefined],
    ["num.partitions", 0, int],
    ["num.partitions", "many", int],
    ["num.partitions", "", int],
    ["num.partitions", 1.5, int],
    ["num.partitions", true, int],
    ["num.partitions", 2147483648, int],
    ["num.partitions", 1e21, int],
    ["log.retention.bytes", "9223372036854775807", undefined],
    [
      "log.retention.bytes",
      "9223372036854775808",
      "a whole number (long) from -9223372036854775808 to 9223372036854775807",
    ],
    [
      "log.retention.bytes",
      2 ** 53,
      "a whole number (long) from -9223372036854775808 to 9223372036854775807, in quotes when it has 16 digits or more",
    ],
    ["offsets.topic.replication.factor", 32768, "a whole number (short) from 1 to 32767"],
    ["log.cleaner.min.cleanable.ratio", 0.5, undefined],
    ["log.cleaner.min.cleanable.ratio", "5e-1", undefined],
    ["log.cleaner.min.cleanable.ratio", 1.5, "a number from 0 up to 1"],
    ["log.cleaner.min.cleanable.ratio", "half", "a number from 0 up to 1"],
    ["log.cleaner.min.cleanable.ratio", "", "a number from 0 up to 1"],
    ["compression.type", "zstd", undefined],
    ["compression.type", "zip", "one of uncompressed, zstd, lz4, snappy, gzip, producer"],
    ["compression.gzip.level", 9, undefined],
    ["compression.gzip.level", "+9", undefined],
    ["compression.gzip.level", 0, "one of -1, 1, 2, 3, 4, 5, 6, 7, 8, 9"],
    ["group.consumer.migration.policy", "Upgrade", undefined],
    ["group.consumer.migration.policy", "up", "one of BIDIRECTIONAL, DISABLED, DOWNGRADE, UPGRADE"],
    ["log.cleanup.policy", "compact, delete", undefined],
    ["log.cleanup.policy", "compact,drop", "a comma-separated list of compact, delete"],
    ["principal.builder.class", "org.example.Builder$Inner", undefined],
    ["principal.builder.class", "org example", "the full name of a Java class"],
    ["remote.log.storage.manager.impl.prefix", "", "text that is not empty"],
    ["super.users", "User:a\nport=1", "text of one line without control characters"],
    ["super.users", "User:alice;User:bob", undefined],
    ["allow.everyone.if.no.acl.found", "perhaps", "true or false"],
    ["ssl.keystore.password", "${file:/etc/kafka/secrets:keystore}", undefined],
  ];
  for (const [key, value, allowed] of cases) {
    test(`${key} = ${JSON.stringify(value)}: ${allowed === undefined ? "right" : "refused"}`, () => {
      assert.equal(refusalOf({ [key]: value }), allowed);
    });
  }

  test("of a release's name may carry a patch level", () => {
    for (const release of ["2.4", "2.4-IV1", "2.4.1", "0.10.2"]) {
      assert.equal(refusalOf({ "log.message.format.version": release }, "2.4.0"), undefined);
    }
    assert.match(refusalOf({ "log.message.format.version": "2,4" }, "2.4.0") ?? "", /^a release of Kafka: .*2\.4$/);
    assert.match(refusalOf({ "log.message.format.version": "2.44" }, "2.4.0") ?? "", /^a release of Kafka/);
  });

  test("that is a password is refused and not shown", () => {
    for (const key of ["ssl.keystore.password", "listener.name.public.scram-sha-256.sasl.jaas.config"]) {
      const [problem] = checkBrokerProperties("3.9.2", { [key]: "hunter2" }, { brokerCount: 3 });
      assert.match(problem?.allowed ?? "", /^a reference to a configuration provider/);
      assert.equal(problem?.value, "(hidden)");
    }
  });
});

describe("a name", () => {
  test("is known only in the version that has it", () => {
    assert.equal(refusalOf({ "compression.gzip.level": 3 }), undefined);
    assert.match(refusalOf({ "compression.gzip.level": 3 }, "2.4.0") ?? "", /^no such property/);
  });
  test("without a near one gets no suggestion", () => {
    assert.equal(refusalOf({ xyzzy: 1 }), "no such property in this version of Kafka");
  });
  test("from JavaScript's own objects is not a property", () => {
    assert.match(refusalOf({ constructor: 1 }) ?? "", /^no such property/);
  });
  test("of KRaft's quorum is reserved by its prefix", () => {
    assert.match(refusalOf({ "controller.quorum.voters": "1@h:9093" }) ?? "", /KRaft/);
  });
  test("for one listener is checked as the property itself", () => {
    assert.equal(refusalOf({ "listener.name.public.ssl.client.auth": "required" }), undefined);
    assert.equal(refusalOf({ "listener.name.public.ssl.client.auth": "maybe" }), "one of required, requested, none");
    assert.equal(refusalOf({ "listener.name.public.plain.sasl.login.class": "org.example.Login" }), undefined);
    assert.match(refusalOf({ "listener.name.public.ssl.klient.auth": "none" }) ?? "", /^no such property/);
  });
  test("of a plug-in is taken when it has a prefix of its own and the plug-in is set", () => {
    const reporter = { "metric.reporters": "com.example.Reporter" };
    assert.equal(refusalOf({ ...reporter, "example.reporter.topic": "__metrics" }), undefined);
    assert.match(refusalOf({ "example.reporter.topic": "__metrics" }) ?? "", /^no such property/);
    assert.match(refusalOf({ ...reporter, "message.max.byte": 1 }) ?? "", /did you mean message\.max\.bytes/);
    assert.match(refusalOf({ ...reporter, nonsense: 1 }) ?? "", /^no such property/);
  });
  test("of a configuration provider or of remote storage is taken", () => {
    assert.equal(
      refusalOf({ "config.providers": "file", "config.providers.file.class": "org.example.File" }),
      undefined,
    );
    assert.equal(refusalOf({ "rsm.config.bucket": "b" }), undefined);
    assert.equal(refusalOf({ "remote.log.storage.manager.impl.prefix": "s3.", "s3.bucket": "b" }), undefined);
    assert.match(refusalOf({ "rsm.config.bucket": "b" }, "2.4.0") ?? "", /^no such property/);
  });
});

describe("together", () => {
  test("a replication factor needs as many brokers, Kafka's default too", () => {
    assert.equal(refusalOf({ "default.replication.factor": 4 }), "at most the number of brokers, 3");
    assert.deepEqual(
      checkBrokerProperties("3.9.2", {}, { brokerCount: 1 }).map(({ key, value }) => [key, value]),
      [
        ["offsets.topic.replication.factor", 3],
        ["transaction.state.log.replication.factor", 3],
      ],
    );
  });
  test("min.insync.replicas stays within the factors", () => {
    const factors = { "default.replication.factor": 2, "offsets.topic.replication.factor": 2 };
    assert.equal(refusalOf({ ...factors, "min.insync.replicas": 2 }), undefined);
    assert.deepEqual(checkBrokerProperties("2.4.0", { ...factors, "min.insync.replicas": 3 }, { brokerCount: 3 }), [
      {
        key: "min.insync.replicas",
        value: 3,
        allowed: "at most default.replication.factor, which is 2: a topic would refuse every write with acks=all",
      },
      {
        key: "min.insync.replicas",
        value: 3,
        allowed: "at most offsets.topic.replication.factor, which is 2: no consumer group could commit its offsets",
      },
    ]);
  });
  test("transactions find their replicas", () => {
    const properties = { "transaction.state.log.min.isr": 3, "transaction.state.log.replication.factor": 2 };
    assert.equal(
      refusalOf(properties),
      "at most transaction.state.log.replication.factor, which is 2: Kafka 3.9.2 asks for no more in-sync replicas than there are replicas, so the minimum would not be kept",
    );
    assert.match(
      checkBrokerProperties("2.4.0", properties, { brokerCount: 3 })[0]?.allowed ?? "",
      /which is 2: no transaction could begin$/,
    );
  });
  test("a message fits a request and a segment", () => {
    assert.match(
      refusalOf({ "message.max.bytes": 200_000_000 }) ?? "",
      /^at most socket\.request\.max\.bytes, which is 104857600/,
    );
    assert.match(
      refusalOf({ "message.max.bytes": 5_000_000, "log.segment.bytes": "1000000" }) ?? "",
      /^at most log\.segment\.bytes, which is 1000000/,
    );
  });
  test("what is refused already is not compared", () => {
    assert.equal(
      refusalOf({ "default.replication.factor": "three", "min.insync.replicas": 2 })?.slice(0, 14),
      "a whole number",
    );
  });
});

test("an unsupported version is refused with the list of those there are", () => {
  assert.throws(
    () => checkBrokerProperties("3.0.0", {}, { brokerCount: 3 }),
    (error: unknown) => {
      assert.ok(error instanceof SettingsError);
      assert.equal(error.message, '1 setting can\'t be used:\n  kafkaVersion = "3.0.0": one of 3.9.2, 2.4.0');
      return true;
    },
  );
});

for (const version of versions) {
  const definitions = brokerDefinitions(version);
  const settable = Object.keys(definitions).filter((key) => reservedReason(key) === undefined);

  test(`every default of ${version} is right, as text and as a number`, () => {
    for (const key of settable) {
      const { default: value, type } = definitions[key] ?? {};
      // Absent by default: no text stands for it. A secret's default is none.
      if (value === undefined || value === null || type === "password") continue;
      const properties = { "default.replication.factor": 3, "message.max.bytes": 1, [key]: value };
      assert.deepEqual(checkBrokerProperties(version, properties, { brokerCount: 3 }), [], key);
      if (/^-?\d{1,15}$/.test(value)) {
        assert.deepEqual(
          checkBrokerProperties(version, { ...properties, [key]: Number(value) }, { brokerCount: 3 }),
          [],
          key,
        );
      }
    }
  });

  test(`a slip in a name of ${version} is answered with that name or one as near`, () => {
    const slip = fc
      .tuple(
        fc.constantFrom(...settable),
        fc.nat(),
        fc.constantFrom("insert", "delete", "replace", "swap"),
        fc.constantFrom(..."abcxyz"),
      )
      .map(([key, n, operation, letter]) => {
        const i = n % (key.length - 1);
        switch (operation) {
          case "insert":
            return { key, written: key.slice(0, i) + letter + key.slice(i) };
          case "delete":
            return { key, written: key.slice(0, i) + key.slice(i + 1) };
          case "replace":
            return { key, written: key.slice(0, i) + letter + key.slice(i + 1) };
          case "swap":
            return { key, written: key.slice(0, i) + key.charAt(i + 1) + key.charAt(i) + key.slice(i + 2) };
        }
      })
      .filter(({ written }) => !Object.hasOwn(definitions, written) && reservedReason(written) === undefined);
    fc.assert(
      fc.property(slip, ({ written }) => {
        const suggested = /did you mean (.+)\?$/.exec(refusalOf({ [written]: 1 }, version) ?? "")?.[1];
        assert.ok(
          suggested !== undefined && Object.hasOwn(definitions, suggested),
          `${written}: ${suggested ?? "nothing"}`,
        );
      }),
    );
  });

  test(`a whole number is right exactly within the bounds of ${version}`, () => {
    const bounded = settable.filter((key) => definitions[key]?.type === "int" && !definitions[key]?.allowed);
    fc.assert(
      fc.property(fc.constantFrom(...bounded), fc.integer({ min: -(2 ** 32), max: 2 ** 32 }), (key, value) => {
        const { min = String(-(2 ** 31)), max = String(2 ** 31 - 1) } = definitions[key] ?? {};
        const problems = checkBrokerProperties(version, { [key]: value }, { brokerCount: 2 ** 31 });
        const refused = problems.some((problem) => problem.key === key && problem.allowed.startsWith("a whole number"));
        assert.equal(refused, value < Number(min) || value > Number(max));
      }),
    );
  });
}

test("a topic's name of a property is answered with the broker's, however far away that is", () => {
  for (const version of versions) {
    const properties = { "max.message.bytes": 1000, "retention.ms": 1000, "segment.ms": 1000, "flush.messages": 1 };
    const said = checkBrokerProperties(version, properties, { brokerCount: 3 });
    assert.deepEqual(
      said.map(({ allowed }) => allowed),
      ["message.max.bytes", "log.retention.ms", "log.roll.ms", "log.flush.interval.messages"].map(
        (name) => `no such property of a broker: for a broker it is ${name}`,
      ),
    );
  }
});

describe("buffers have to fit into the heap", () => {
  const refused = (properties: BrokerProperties, heap: string, version = "3.9.2"): (readonly [string, string])[] =>
    checkBrokerProperties(version, properties, { brokerCount: 3, heap })
      .filter(({ allowed }) => allowed.includes("heap"))
      .map(({ key, allowed }) => [key, allowed]);

  for (const version of versions) {
    test(`the cleaner's are taken at the start, the one that is set is named with the sum (${version})`, () => {
      assert.deepEqual(refused({ "log.cleaner.dedupe.buffer.size": 524288000 }, "384m", version), [
        [
          "log.cleaner.dedupe.buffer.size",
          "less, or a larger heap.broker: a broker takes 500.5 MiB of its heap when it starts (500.0 MiB for " +
            "log.cleaner.dedupe.buffer.size, 0.5 MiB for log.cleaner.io.buffer.size, under 0.1 MiB for " +
            "queued.max.requests), and heap.broker is 384.0 MiB (384m)",
        ],
      ]);
    });
  }

  test("a cleaner that is off takes nothing, and one thread's map is not larger than 2 GiB", () => {
    assert.deepEqual(refused({ "log.cleaner.dedupe.buffer.size": 524288000, "log.cleaner.enable": false }, "384m"), []);
    assert.deepEqual(refused({ "log.cleaner.dedupe.buffer.size": "8589934592" }, "4g"), []);
    assert.equal(refused({ "log.cleaner.dedupe.buffer.size": "8589934592" }, "1g").length, 1);
  });

  test("so is a queue of requests, and one buffer that is made when it is asked for", () => {
    assert.equal(refused({ "queued.max.requests": 200_000_000 }, "384m")[0]?.[0], "queued.max.requests");
    for (const key of ["socket.request.max.bytes", "replica.fetch.response.max.bytes", "offsets.load.buffer.size"]) {
      assert.match(
        refused({ [key]: 402653185 }, "384m")[0]?.[1] ?? "",
        /^at most the broker's heap, which is 402653184/,
      );
      assert.deepEqual(refused({ [key]: 402653184 }, "384m"), []);
    }
  });

  test("a default of Kafka's own is no mistake of the user's, nor is a heap that is no size one of the buffers", () => {
    assert.deepEqual(refused({}, "64m"), []);
    assert.deepEqual(refused({ "log.cleaner.dedupe.buffer.size": 524288000 }, "many"), []);
  });
});
