#!/usr/bin/env python3
"""Many clients that write one record after the other; then every record is looked for.

usage: writers.py URL [--clients 500] [--seconds 60]   (needs a superuser: it makes the collection
`written`, and deletes it at the end)
"""
from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from pbbench.api import Api                                           # noqa: E402
from pbbench.load import percentile, raw_request                      # noqa: E402

NAME = "written"
PATH = f"/api/collections/{NAME}/records"


async def write(api, client, until, answers, latencies):
    """Create records until the time is over; note every answer's status, and the ids of 200s."""
    ids, number = [], 0
    reader, writer = await asyncio.open_connection(*api.addr)
    while time.monotonic() < until:
        number += 1
        record = f"w{client:06d}{number:08d}"
        began = time.monotonic()
        writer.write(raw_request("POST", PATH, api.host, {"id": record, "number": number}))
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        await reader.readexactly(int(lower[at:lower.index(b"\r\n", at)]))
        status = int(head.split(b" ", 2)[1])
        answers[status] += 1
        latencies.append(time.monotonic() - began)
        if status == 200:
            ids.append(record)
    writer.close()
    return ids


async def write_all(api, clients, seconds):
    answers, latencies = Counter(), []
    until = time.monotonic() + seconds
    jobs = (write(api, client, until, answers, latencies) for client in range(clients))
    ended = await asyncio.gather(*jobs, return_exceptions=True)
    broken = [repr(error) for error in ended if isinstance(error, BaseException)]
    ids = {one for client in ended if not isinstance(client, BaseException) for one in client}
    return ids, answers, latencies, broken


def stored(api):
    """Return the ids of all records there are."""
    ids, last = set(), ""
    query = "perPage=1000&sort=id&skipTotal=1&fields=id&filter=id%3E"
    while page := api.call("GET", f"{PATH}?{query}'{last}'")["items"]:
        ids.update(item["id"] for item in page)
        last = page[-1]["id"]
    return ids


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("url")
    ap.add_argument("--clients", type=int, default=500)
    ap.add_argument("--seconds", type=float, default=60)
    ap.add_argument("--email", default="bench@example.com")
    ap.add_argument("--password", default="bench-superuser-1")
    args = ap.parse_args()
    api = Api(args.url)
    api.login(args.email, args.password)
    api.call("POST", "/api/collections", {"name": NAME, "type": "base", "createRule": "", "fields": [
        {"name": "number", "type": "number"}]})
    try:
        ids, answers, latencies, broken = asyncio.run(write_all(api, args.clients, args.seconds))
        missing = len(ids - stored(api))
    finally:
        api.call("DELETE", f"/api/collections/{NAME}")
    print(json.dumps({
        "clients": args.clients, "seconds": args.seconds, "answers": answers, "broken": broken[:5],
        "acknowledged": len(ids), "missing": missing,
        "p50_ms": round(percentile(latencies, .5) * 1e3), "p99_ms": round(percentile(latencies, .99) * 1e3),
        "max_ms": round(max(latencies) * 1e3)}, indent=1))
    raise SystemExit(bool(missing or broken or set(answers) != {200}))


if __name__ == "__main__":
    main()
