#!/bin/sh
# Runs a command beside a PostgreSQL of its own, whose address is in DATABASE_URL (its socket: nearer than
# TCP). Both are one process tree, so bench.py counts the CPU of both.
# usage: bench/on_postgresql.sh FOLDER PORT COMMAND...   (FOLDER/postgres holds the cluster)
set -eu
cluster=$1/postgres port=$2
shift 2
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
as=
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
if [ ! -e "$cluster/PG_VERSION" ]; then
  mkdir -p "$cluster"
  [ -z "$as" ] || chown postgres "$cluster"
  (cd / && $as "$bin/initdb" -D "$cluster" -U postgres -A trust >/dev/null)
fi
(cd / && exec $as "$bin/postgres" -D "$cluster" -p "$port" -k "$cluster" -h 127.0.0.1 ${POSTGRES_OPTIONS:-} 2>>"$cluster.log") &
server=$!
trap 'kill -INT $server 2>/dev/null; wait $server' EXIT
"$bin/pg_isready" -q -h 127.0.0.1 -p "$port" || for _ in $(seq 300); do
  "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" && break
  sleep 0.1
done
export DATABASE_URL="postgres://postgres@/postgres?host=$cluster&port=$port"
"$@"
