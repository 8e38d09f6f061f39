import assert from "node:assert/strict";
import { test } from "node:test";
import { brokerDefinitions } from "../../../model/kafka/definitions.ts";
import { kafkasRefusal, withoutWhatIsElsewhere } from "../../../model/kafka/kafkasRefusal.ts";

test("Kafka's sentence stands under the property that the user has set, with all values that it names", () => {
  const reason = "replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms";
  const stated = { "replica.lag.time.max.ms": "400" };
  assert.deepEqual(kafkasRefusal("3.9.2", reason, stated, stated), {
    key: "brokerProperties.replica.lag.time.max.ms",
    value: "400",
    allowed:
      `what Kafka 3.9.2 itself takes at its start; it says: ${reason} ` +
      "(replica.fetch.wait.max.ms is 500, replica.lag.time.max.ms is 400)",
  });
});

test("a topic's config is told as the broker's property that it comes from", () => {
  const reason = "conflict topic config setting min.compaction.lag.ms (5000) > max.compaction.lag.ms (400)";
  const stated = { "log.cleaner.max.compaction.lag.ms": "400" };
  const { key } = kafkasRefusal("2.4.0", reason, stated, stated);
  assert.equal(key, "brokerProperties.log.cleaner.max.compaction.lag.ms");
});

test("a sentence that names nothing is told all the same, and no secret is shown", () => {
  assert.equal(kafkasRefusal("3.9.2", "no.", {}, {}).key, "brokerProperties");
  const secret = { "ssl.keystore.password": "hunter2" };
  const problem = kafkasRefusal("3.9.2", "ssl.keystore.password is wrong", secret, secret);
  assert.ok(!JSON.stringify(problem).includes("hunter2"));
});

test("what is only on the broker's machine is left to the broker", () => {
  const properties = {
    "num.partitions": "1",
    "config.providers": "file",
    "config.providers.file.class": "org.example.Provider",
    "ssl.keystore.password": "${file:/etc/secret:key}",
    "principal.builder.class": "org.example.Principal",
  };
  assert.deepEqual(withoutWhatIsElsewhere(brokerDefinitions("3.9.2"), properties), { "num.partitions": "1" });
});
