#!/bin/sh
# Starts `python -m "$@"` in the image. The container's name is the slot: unique among replicas, and the same after a
# restart, so that a process that was killed gets its Kafka partitions and its leases back at once.
set -eu
export SLOT_ID="${SLOT_ID:-${1##*.}-${HOSTNAME:-$(hostname)}}"
exec python -m "$@"
