#!/usr/bin/env bash
# JDK 17: with -Xlog:cds, an archive of class data that is shorter than its header ends the JVM by SIGSEGV.
#
# -XX:SharedArchiveFile names a file that need not be there or fit: the JVM starts without (-Xshare:auto, the default). Why it
# does so it says at level info of the tag cds. But with that level on, it takes what it has read of a short file for a whole
# header. So a service that has to start whatever became of its archive can't have its log say why it has none.
#
# Starts java -version with files of 0 to 1000 bytes, with and without the log. Needs Java 17 (JAVA_HOME, or java). Seen: exit
# code 139 with the log up to 200 bytes, else 0. Fails when that changes.
set -euo pipefail

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

ends() { local code=0; "$java" -XX:SharedArchiveFile=archive "$@" -version >/dev/null 2>&1 || code=$?; echo "$code"; }
seen=$(
  for bytes in 0 6 200 1000; do
    head --bytes=$bytes /dev/zero >archive
    echo "$bytes bytes: $(ends), with the log $(ends -Xlog:cds)"
  done 2>/dev/null
)
"$java" -version 2>&1 | tail -n 1
echo "$seen"
expected="0 bytes: 0, with the log 139
6 bytes: 0, with the log 139
200 bytes: 0, with the log 139
1000 bytes: 0, with the log 0"
[ "$seen" = "$expected" ] || { echo "CHANGED"; exit 1; }
echo "as described: with the log of class data, a short archive ends the JVM"
