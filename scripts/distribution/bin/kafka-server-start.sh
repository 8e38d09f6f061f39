#!/usr/bin/env bash
# Starts a broker: kafka-server-start.sh [-daemon] server.properties [ARGUMENT...]
# Reads the variables of kafka-run-class.sh.
set -eu

bin=$(dirname "$(readlink -f "$0")")
options=(-name server -loggc)
if [ "${1:-}" = -daemon ]; then
  options+=(-daemon)
  shift
fi
if [ $# -eq 0 ]; then
  echo "usage: $0 [-daemon] server.properties [ARGUMENT...]" >&2
  exit 2
fi
export KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:--Xmx1G -Xms1G}
export KAFKA_LOG4J_OPTS=${KAFKA_LOG4J_OPTS:--Dlog4j.configuration=file:$bin/../config/log4j.properties}
export KAFKA_JVM_PERFORMANCE_OPTS=${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:+ExplicitGCInvokesConcurrent}
exec "$bin/kafka-run-class.sh" "${options[@]}" kafka.Kafka "$@"
