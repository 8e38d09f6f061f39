#!/usr/bin/env bash
# Kafka 4.4.0: on a new cluster, min.insync.replicas in a broker's file has no effect, and nothing says so.
#
# A new cluster has the feature eligible.leader.replicas.version=1. With it, the first active controller writes ITS OWN
# file's min.insync.replicas (1, when its file says nothing) into the metadata as the default of all brokers. A dynamic
# default goes before every broker's file: a broker whose file says 2 runs with 1, and acks=all is taken by one replica.
# Formatted with eligible.leader.replicas.version=0, the same files give 2.
#
# Runs a controller and a broker as two processes on loopback, once with each feature level, and reads what is in force.
# Needs Java 17 and Maven. Seen: "in force 1" with the feature, "in force 2" without. Fails when that changes.
set -euo pipefail

VERSION=4.4.0
work=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  pids=()
}
trap 'stop; rm -rf "$work"' EXIT

cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$VERSION</version></dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$VERSION</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
</project>
POM
mvn --batch-mode --quiet --file "$work/pom.xml" \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$work/libs"

kafka=(java -Xmx256m -cp "$work/libs/*")

# in_force FEATURE_LEVEL PORT: puts the value that the broker runs with into `value`, and stops both processes.
in_force() {
  local level=$1 controller_port=$2 broker_port=$(($2 + 1)) folder=$work/level-$1
  mkdir "$folder"
  cat >"$folder/controller.properties" <<PROPERTIES
process.roles=controller
node.id=100
listeners=CONTROLLER://127.0.0.1:$controller_port
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:$controller_port
log.dirs=$folder/controller
PROPERTIES
  cat >"$folder/broker.properties" <<PROPERTIES
process.roles=broker
node.id=1
listeners=PLAINTEXT://127.0.0.1:$broker_port
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:$controller_port
log.dirs=$folder/broker
min.insync.replicas=2
PROPERTIES
  local id=bWluLmluc3luYy5yZXBsaQ
  "${kafka[@]}" kafka.tools.StorageTool format --cluster-id "$id" --standalone \
    --feature "eligible.leader.replicas.version=$level" --config "$folder/controller.properties" >"$folder/log" 2>&1
  "${kafka[@]}" kafka.tools.StorageTool format --cluster-id "$id" --no-initial-controllers \
    --config "$folder/broker.properties" >>"$folder/log" 2>&1
  "${kafka[@]}" kafka.Kafka "$folder/controller.properties" >>"$folder/log" 2>&1 &
  pids+=($!)
  "${kafka[@]}" kafka.Kafka "$folder/broker.properties" >>"$folder/log" 2>&1 &
  pids+=($!)
  local try
  for try in $(seq 30); do
    "${kafka[@]}" org.apache.kafka.tools.ConfigCommand --bootstrap-server "127.0.0.1:$broker_port" \
      --entity-type brokers --entity-name 1 --all --describe >"$folder/configs" 2>>"$folder/log" && break
    [ "$try" -lt 30 ] || { tail -n 20 "$folder/log" >&2; return 1; }
    sleep 1
  done
  value=$(grep --only-matching '^ *min\.insync\.replicas=.*' "$folder/configs" | sed 's/^ *//')
  stop
}

in_force 1 39391
with=$value
in_force 0 39393
without=$value

echo "Kafka $VERSION, broker's file: min.insync.replicas=2, controller's file: nothing"
echo "eligible.leader.replicas.version=1: $with"
echo "eligible.leader.replicas.version=0: $without"
[[ $with == min.insync.replicas=1* && $with == *DYNAMIC_DEFAULT_BROKER_CONFIG:min.insync.replicas=1* ]] ||
  { echo "CHANGED: with the feature the broker's file is in force"; exit 1; }
[[ $without == min.insync.replicas=2* ]] || { echo "CHANGED: without the feature its file is not in force"; exit 1; }
echo "as described: with the feature in force 1, without it 2"
