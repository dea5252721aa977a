#!/bin/sh
# Holdall (serve, 2 workers) and the real PocketBase binary through the same work, in one run.
# usage: bench/compare.sh [RECORDS] [options of bench.py, e.g. --scenario '^list' --rounds 3]
set -eu
cd "$(dirname "$0")/.."
records=${1:-10000}
[ $# -gt 0 ] && shift
bin=$PWD/.venv/bin
exec "$bin/python" bench/bench.py --records "$records" \
  --serve "pb=$bin/pocketbase serve --http 127.0.0.1:{PORT} --dir {DATA}" \
  --prepare "pb=$bin/pocketbase superuser upsert {EMAIL} {PASSWORD} --dir {DATA}" \
  --serve "holdall=env HOLDALL_DATA_DIR={DATA} $bin/python manage.py serve --http 127.0.0.1:{PORT} --workers 2" \
  --prepare "holdall=env HOLDALL_DATA_DIR={DATA} $bin/python manage.py superuser upsert {EMAIL} {PASSWORD}" \
  "$@"
