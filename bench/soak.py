#!/usr/bin/env python3
"""Hold many idle realtime streams, then connect, write and disconnect for long. See README.md.

What is counted: memory for each idle stream, events lost, doubled or out of order, and the growth of
memory and open files from the second quarter of the run to its end.
"""
from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from pbbench import procs, realtime               # noqa: E402
from pbbench.api import Api                       # noqa: E402

FIELDS = [{"name": "text", "type": "text"}, {"name": "num", "type": "number"}, {"name": "flag", "type": "bool"}]
EMAIL, PASSWORD = "bench@example.com", "bench-superuser-1"


def log(*a):
    print(*a, file=sys.stderr, flush=True)


def open_files(tree):
    total = 0
    for p in tree.procs():
        try:
            total += p.num_fds()
        except procs.psutil.Error:
            pass
    return total


def sample(tree, began):
    return {"s": round(time.perf_counter() - began, 1), "rss_mb": tree.rss() / 1e6, "pss_mb": tree.pss() / 1e6,
            "files": open_files(tree), "cpu_s": tree.cpu(), "procs": tree.count()}


def held(target, args):
    """Hold idle streams for a while: what they cost, and whether all are still there after."""
    tree, api = target.tree, Api(f"http://127.0.0.1:{target.port}")
    before = sample(tree, 0)
    swarm = realtime.Swarm(api.addr, api.host, args.idle, "quiet/*")
    try:
        opened = sample(tree, 0)
        time.sleep(args.hold)
        after = sample(tree, 0)
        # every one of them is alive: each gets one event
        got = swarm.fanout("/api/collections/quiet/records", [realtime.body(0)], lambda q, who: True, grace=30)
    finally:
        swarm.close()
    time.sleep(3)
    closed = sample(tree, 0)
    return {"streams": args.idle, "pss_per_stream_kb": (after["pss_mb"] - before["pss_mb"]) * 1e3 / args.idle,
            "rss_per_stream_kb": (after["rss_mb"] - before["rss_mb"]) * 1e3 / args.idle,
            "connect_s": swarm.connect_s, "subscribe_s": swarm.subscribe_s,
            "idle_cpu_share": (after["cpu_s"] - opened["cpu_s"]) / args.hold if args.hold else None,
            "alive_after": got.delivered, "before": before, "held": after, "closed": closed}


def churn(target, args):
    """Connect, write, disconnect until the time is over."""
    tree, api = target.tree, Api(f"http://127.0.0.1:{target.port}")
    totals = dict.fromkeys(("cycles", "expected", "delivered", "duplicates", "stray", "reordered", "write_errors"), 0)
    began = time.perf_counter()
    samples, next_sample = [sample(tree, began)], args.sample
    bodies = [realtime.body(q) for q in range(args.writes)]
    while time.perf_counter() - began < args.minutes * 60:
        swarm = realtime.Swarm(api.addr, api.host, args.wave, "soak/*")
        try:
            got = swarm.fanout("/api/collections/soak/records", bodies, lambda q, who: True, grace=30)
        finally:
            swarm.close()
        totals["cycles"] += 1
        for key in totals.keys() - {"cycles"}:
            totals[key] += getattr(got, key)
        if time.perf_counter() - began >= next_sample:
            next_sample += args.sample
            samples.append(sample(tree, began))
            log(f"[{target.name}] {samples[-1]} lost={totals['expected'] - totals['delivered']}")
    time.sleep(3)
    samples.append(sample(tree, began))
    quarter = samples[len(samples) // 4]
    return {**totals, "lost": totals["expected"] - totals["delivered"], "samples": samples,
            "growth_mb": samples[-1]["pss_mb"] - quarter["pss_mb"], "growth_files": samples[-1]["files"] - quarter["files"],
            "events_per_cpu_s": totals["delivered"] / max(samples[-1]["cpu_s"] - samples[0]["cpu_s"], 1e-9)}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    ap.add_argument("--serve", action="append", required=True, metavar="NAME=CMD", help="{PORT} and {DATA} are filled in")
    ap.add_argument("--prepare", action="append", default=[], metavar="NAME=CMD", help="run before it; also {EMAIL}, {PASSWORD}")
    ap.add_argument("--port-base", type=int, default=18500)
    ap.add_argument("--idle", type=int, default=10_000, help="idle streams; 0 leaves this part out")
    ap.add_argument("--hold", type=float, default=30, help="seconds that they are held")
    ap.add_argument("--minutes", type=float, default=20, help="of connects, writes and disconnects")
    ap.add_argument("--wave", type=int, default=100, help="streams that come and go together")
    ap.add_argument("--writes", type=int, default=20, help="while they are there")
    ap.add_argument("--sample", type=float, default=15, help="seconds between samples")
    ap.add_argument("--json", metavar="OUT")
    args = ap.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    prepare = dict(item.split("=", 1) for item in args.prepare)
    results = {"args": vars(args), "targets": {}}
    bad = False
    with tempfile.TemporaryDirectory(prefix="pbsoak-") as root:
        for at, (name, cmd) in enumerate(item.split("=", 1) for item in args.serve):
            data = os.path.join(root, name, "data")
            os.makedirs(data)
            target = procs.Served(name, cmd, args.port_base + at, data, os.path.join(root, name, "serve.log"))
            if name in prepare:
                subprocess.run(target.argv(prepare[name], EMAIL=EMAIL, PASSWORD=PASSWORD), check=True,
                               stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            target.start()
            try:
                api = Api(f"http://127.0.0.1:{target.port}")
                api.login(EMAIL, PASSWORD)
                for collection in ("quiet", "soak"):
                    api.call("POST", "/api/collections", {"name": collection, "type": "base", "fields": FIELDS,
                                                          "listRule": "", "createRule": ""})
                out = results["targets"][name] = {}
                if args.idle:
                    out["idle"] = held(target, args)
                    i = out["idle"]
                    print(f"{name}: {i['streams']} idle streams, {i['pss_per_stream_kb']:.1f} kB each (RSS "
                          f"{i['rss_per_stream_kb']:.1f}), {i['alive_after']} alive after {args.hold:.0f} s")
                    bad |= i["alive_after"] != i["streams"]
                if args.minutes:
                    out["churn"] = churn(target, args)
                    c = out["churn"]
                    print(f"{name}: {c['cycles']} waves, {c['delivered']} of {c['expected']} events, {c['duplicates']} double, "
                          f"{c['reordered']} out of order; {c['growth_mb']:+.1f} MB and {c['growth_files']:+d} files; "
                          f"{c['events_per_cpu_s']:.0f} events per CPU second, connects included")
                    bad |= bool(c["lost"] or c["duplicates"])
            finally:
                target.stop()
            if args.json:
                Path(args.json).write_text(json.dumps(results, indent=1))
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
