#!/usr/bin/env bash
# kafkajs 2.2.4 with Kafka 4.4.0: describeGroups says that a group with a living member is "Dead" and has none, when the
# group uses the protocol `consumer` (KIP-848). There is no error. listGroups and fetchOffsets know the group.
#
# DescribeGroups is the classic protocol's request, and the coordinator answers it for any other kind of group as if the
# group were not there. A tool that deletes "dead" groups, or waits until a group has members, decides wrongly.
#
# Runs one broker on loopback, a console consumer with group.protocol=consumer that has read a message, and asks with
# kafkajs. Needs Java 17, Maven, Node.js 18 or newer with npm. Fails when the answer changes.
set -euo pipefail

KAFKA=4.4.0 KAFKAJS=2.2.4 PORT=39395
work=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT

cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$KAFKA</version></dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$KAFKA</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
    <dependency><groupId>net.sf.jopt-simple</groupId><artifactId>jopt-simple</artifactId><version>5.0.4</version></dependency>
  </dependencies>
</project>
POM
mvn --batch-mode --quiet --file "$work/pom.xml" \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$work/libs"
npm install --silent --prefix "$work" "kafkajs@$KAFKAJS"

kafka=(java -Xmx256m -cp "$work/libs/*")

cat >"$work/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$PORT,CONTROLLER://127.0.0.1:$((PORT + 1))
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:$((PORT + 1))
log.dirs=$work/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
PROPERTIES
"${kafka[@]}" kafka.tools.StorageTool format --cluster-id Z3JvdXBzLW9mLTg0OC1rag --standalone \
  --config "$work/server.properties" >"$work/log" 2>&1
"${kafka[@]}" kafka.Kafka "$work/server.properties" >>"$work/log" 2>&1 &
pids+=($!)

# The reader of the new protocol: Kafka's own client.
"${kafka[@]}" org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "127.0.0.1:$PORT" --topic things \
  --from-beginning --consumer-property group.protocol=consumer --consumer-property group.id=readers >"$work/read" 2>>"$work/log" &
pids+=($!)

cat >"$work/ask.mjs" <<'ASK'
import { readFileSync } from "node:fs";
import kafkajs from "kafkajs";

const [port, read] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 20 } });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: "things", numPartitions: 1, replicationFactor: 1 }] });
const producer = kafka.producer();
await producer.connect();
await producer.send({ topic: "things", messages: [{ value: "one" }] });
// Read, so the group has a member now.
for (let tries = 0; !readFileSync(read, "utf8").includes("one"); tries += 1) {
  if (tries > 60) throw new Error("the consumer has read nothing in 60 s");
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
const { groups: described } = await admin.describeGroups(["readers"]);
const { groups: listed } = await admin.listGroups();
const [{ state, errorCode, members }] = described;
console.log(JSON.stringify({ listed: listed.some(({ groupId }) => groupId === "readers"), state, errorCode, members: members.length }));
await producer.disconnect();
await admin.disconnect();
ASK
seen=$(node "$work/ask.mjs" "$PORT" "$work/read") || { tail -n 20 "$work/log" >&2; exit 1; }
echo "Kafka $KAFKA, kafkajs $KAFKAJS, a group of protocol consumer with one member: $seen"
[ "$seen" = '{"listed":true,"state":"Dead","errorCode":0,"members":0}' ] || { echo "CHANGED"; exit 1; }
echo "as described: listed, and described as Dead without members"
