#!/usr/bin/env bash
# Asks every broker on this machine to shut down (SIGTERM).
set -eu

found=false
for process in /proc/[0-9]*; do
  # One argument a line, so that the class is an argument of its own and not part of another.
  if tr '\0' '\n' 2>/dev/null <"$process/cmdline" | grep -qxF kafka.Kafka; then
    kill -TERM "${process#/proc/}"
    found=true
  fi
done
if ! $found; then
  echo "no broker runs here" >&2
  exit 1
fi
