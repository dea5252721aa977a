#!/bin/sh
# Holdall (serve, 2 workers) and the real PocketBase binary through the same work, in one run.
# usage: bench/compare.sh [RECORDS] [options of bench.py, e.g. --scenario '^list' --rounds 3]
# ALSO="NAME VARIABLE=VALUE" adds Holdall a second time, as NAME and with other variables, e.g.
# ALSO="asked HOLDALL_READ_CACHE=0", where every read asks the database.
set -eu
cd "$(dirname "$0")/.."
records=${1:-10000}
[ $# -gt 0 ] && shift
bin=$PWD/.venv/bin
serve="$bin/python manage.py serve --http 127.0.0.1:{PORT} --workers 2"
superuser="$bin/python manage.py superuser upsert {EMAIL} {PASSWORD}"
if [ -n "${ALSO:-}" ]; then
  set -- --serve "${ALSO%% *}=env HOLDALL_DATA_DIR={DATA} ${ALSO#* } $serve" \
    --prepare "${ALSO%% *}=env HOLDALL_DATA_DIR={DATA} $superuser" "$@"
fi
exec "$bin/python" bench/bench.py --records "$records" \
  --serve "pb=$bin/pocketbase serve --http 127.0.0.1:{PORT} --dir {DATA}" \
  --prepare "pb=$bin/pocketbase superuser upsert {EMAIL} {PASSWORD} --dir {DATA}" \
  --serve "holdall=env HOLDALL_DATA_DIR={DATA} $serve" \
  --prepare "holdall=env HOLDALL_DATA_DIR={DATA} $superuser" \
  "$@"
