"""How long the dashboard's screens take on a large app; a Markdown table, milliseconds of CPU.

    python bench/dashboard.py --collections 200 --records 100000 --rounds 5

In one process, through all middleware, as a signed-in superuser: 200 collections of 20 fields and
one with 100,000 records that refer to 1,000 others. The first request of a screen compiles
templates and is left out; the first after a change of the schema is measured apart, as it makes the
models, the admins and the paths of all collections anew. Everything is thrown away.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 300


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--collections", type=int, default=200)
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--profile", default="", help="a screen to be profiled instead")
    options.add_argument("--first", action="store_true", help="profile it after a change")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="holdall-bench-") as folder:
        os.environ |= {
            "HOLDALL_DATA_DIR": f"{folder}/data",
            "HOLDALL_SCHEMA_DIR": f"{folder}/schema",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
        }
        sys.path.insert(0, str(ROOT))
        begin()
        fill(given.collections, given.records)
        client = signed_in()
        if given.profile:
            profile(client, dict(screens())[given.profile], given.first)
        else:
            table(client, given.rounds)


def begin() -> None:
    import django
    from django.core.management import call_command

    Path(os.environ["HOLDALL_DATA_DIR"]).mkdir()
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("migrate", database="auxiliary", verbosity=0)
    call_command("superuser", "upsert", "bench@example.com", "benchbench1")


def fill(collections: int, number: int) -> None:
    from django.db import connection, transaction

    from collections_app.schema_edit import bulk_import
    from core_app import ids

    types = ("text", "number", "bool", "email", "url", "date", "json", "editor", "geoPoint")
    made = [
        {
            "id": f"benchid{at}",
            "name": f"bench_{at:03}",
            "type": "base",
            "listRule": '@request.auth.id != ""',
            "fields": [
                {"name": f"f{place}", "type": types[place % len(types)], "id": f"f{at}x{place}"}
                for place in range(19)
            ]
            + [{"name": "ref", "type": "relation", "collectionId": "benchid0", "id": f"r{at}"}],
        }
        for at in range(collections)
    ]
    bulk_import.run(made)
    rng = random.Random(1)
    others = [ids.random_lower(15) for _ in range(1000)]
    rows = [(other, "a target", 0, "") for other in others]
    big = [
        (ids.random_lower(15), f"text {at % 977} of {at}", at % 101, rng.choice(others))
        for at in range(number)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        statement = 'INSERT INTO "{}" ("id", "f0", "f1", "ref") VALUES (%s, %s, %s, %s)'
        cursor.executemany(statement.format("bench_000"), rows)
        cursor.executemany(statement.format("bench_001"), big)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def signed_in():
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    body = {"username": "bench@example.com", "password": "benchbench1"}
    assert client.post("/_/login/", body).status_code == 302
    return client


def screens():
    from collections_app import records

    first = records.first("bench_001").id
    big = "/_/collections/bench_001/records/"
    return [
        ("home", "/_/"),
        ("home, live part", "/_/?live"),
        ("home, state", "/_/?state"),
        ("all collections", "/_/collections/"),
        ("one collection", "/_/collections/benchid1/change/"),
        ("a new collection", "/_/collections/add/"),
        ("diagram", "/_/collections/diagram/"),
        ("API of one", "/_/collections/benchid1/api/"),
        ("records", big),
        ("records, sorted", f"{big}?o=3"),
        ("records, words", f"{big}?q=of+77777"),
        ("records, filter", f"{big}?q=f1+%3E+50"),
        ("records, last page counted", f"{big}?p=2000"),
        ("a record", f"{big}{first}/change/"),
        ("a new record", f"{big}add/"),
        ("import of records", f"{big}import/"),
        ("choices of a relation", f"{big}choices/?term=77"),
        ("logs", "/_/logs/"),
        ("crons", "/_/crons/"),
        ("backups", "/_/backups/"),
        ("migrations", "/_/migrations/"),
        ("settings", "/_/settings/"),
        ("SQL", "/_/sql/"),
        ("import and export", "/_/transfer/"),
        ("dashboard users", "/_/auth_app/staffuser/"),
        ("a group's rights", "/_/auth/group/add/"),
    ]


def table(client, rounds: int) -> None:
    over = []
    print("| Screen | Best | Median | After a change | KB |\n|---|---|---|---|---|")
    for name, path in screens():
        size = len(asked(client, path)[1])
        taken = [asked(client, path)[0] for _ in range(rounds)]
        change_schema()
        first = asked(client, path)[0]
        middle = statistics.median(taken)
        print(f"| {name} | {min(taken):.0f} | {middle:.0f} | {first:.0f} | {size // 1024} |")
        if max(middle, first) > LIMIT_MS:
            over.append(name)
    print(f"\nOver {LIMIT_MS} ms: {', '.join(over) or 'none'}.")


def change_schema() -> None:
    """Let every worker believe that the schema is another one."""
    from core_app import versions
    from core_app.transactions import write

    with write():
        versions.bump("schema")


def asked(client, path: str) -> tuple[float, bytes]:
    """Return the milliseconds of CPU that a page took, and the page."""
    began = time.process_time()
    response = client.get(path)
    took = (time.process_time() - began) * 1000
    assert response.status_code == 200, (path, response.status_code)
    return took, response.content


def profile(client, path: str, is_first: bool) -> None:
    import cProfile
    import pstats

    asked(client, path)
    if is_first:
        change_schema()
    with cProfile.Profile() as profiler:
        asked(client, path)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


if __name__ == "__main__":
    main()
