#!/usr/bin/env bash
# Runs a Java class with Kafka's jars:
#   kafka-run-class.sh [-daemon] [-name NAME] [-loggc] CLASS [ARGUMENT...]
# -daemon puts it in the background with its output in $LOG_DIR/NAME.out; -loggc logs garbage collection beside it.
# Reads JAVA_HOME, CLASSPATH, LOG_DIR, JMX_PORT and the option lists KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS,
# KAFKA_GC_LOG_OPTS, KAFKA_JMX_OPTS, KAFKA_LOG4J_OPTS and KAFKA_OPTS (the last one wins).
set -eu
# The option lists are split at blanks, never expanded as file names.
set -f

home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
log_dir=${LOG_DIR:-$home/logs}
daemon=false
name=kafka
log_gc=false
while [ $# -gt 0 ]; do
  case $1 in
    -daemon) daemon=true; shift ;;
    -name) name=$2; shift 2 ;;
    -loggc) log_gc=true; shift ;;
    *) break ;;
  esac
done
if [ $# -eq 0 ]; then
  echo "usage: $0 [-daemon] [-name NAME] [-loggc] CLASS [ARGUMENT...]" >&2
  exit 2
fi

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
heap=${KAFKA_HEAP_OPTS:--Xmx256M}
# A tool lives for seconds: the serial collector and the quick compiler start it soonest.
performance=${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseSerialGC -XX:TieredStopAtLevel=1}
log4j=${KAFKA_LOG4J_OPTS:--Dlog4j.configuration=file:$home/config/tools-log4j.properties}
gc=${KAFKA_GC_LOG_OPTS:-}
if $log_gc && [ -z "$gc" ]; then
  gc="-Xlog:gc*:file=$log_dir/$name-gc.log:time,tags:filecount=10,filesize=100M"
fi
jmx=${KAFKA_JMX_OPTS:-}
if [ -n "${JMX_PORT:-}" ]; then
  # Without JMX settings of the operator's own it answers this machine alone, since it asks for no password.
  jmx=${jmx:--Dcom.sun.management.jmxremote.host=127.0.0.1 -Djava.rmi.server.hostname=127.0.0.1 -Dcom.sun.management.jmxremote.authenticate=false -Dcom.sun.management.jmxremote.ssl=false}
  jmx="$jmx -Dcom.sun.management.jmxremote.port=$JMX_PORT"
fi
if $daemon || $log_gc || [ -n "${KAFKA_LOG4J_OPTS:-}" ]; then
  mkdir -p "$log_dir"
fi

# shellcheck disable=SC2086
set -- $heap $performance $gc $jmx "-Dkafka.logs.dir=$log_dir" "-Dkafka.logs.name=$name" $log4j \
  -cp "${CLASSPATH:+$CLASSPATH:}$home/libs/*" ${KAFKA_OPTS:-} "$@"
if $daemon; then
  nohup "$java" "$@" >"$log_dir/$name.out" 2>&1 </dev/null &
else
  exec "$java" "$@"
fi
