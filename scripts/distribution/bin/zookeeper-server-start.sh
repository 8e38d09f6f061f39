#!/usr/bin/env bash
# Starts a ZooKeeper server: zookeeper-server-start.sh [-daemon] zookeeper.properties [ARGUMENT...]
# Reads the variables of kafka-run-class.sh.
set -eu

bin=$(dirname "$(readlink -f "$0")")
options=(-name zookeeper -loggc)
if [ "${1:-}" = -daemon ]; then
  options+=(-daemon)
  shift
fi
if [ $# -eq 0 ]; then
  echo "usage: $0 [-daemon] zookeeper.properties [ARGUMENT...]" >&2
  exit 2
fi
export KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:--Xmx512M -Xms512M}
export KAFKA_LOG4J_OPTS=${KAFKA_LOG4J_OPTS:--Dlog4j.configuration=file:$bin/../config/log4j.properties}
export KAFKA_JVM_PERFORMANCE_OPTS=${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:+ExplicitGCInvokesConcurrent}
exec "$bin/kafka-run-class.sh" "${options[@]}" org.apache.zookeeper.server.quorum.QuorumPeerMain "$@"
