"""The data set, written through the public API only, and the same bytes on every target.

Record ids are given by the client (PocketBase allows it), so both targets hold the same ids and
the correctness gate can compare them; only `created`/`updated` and file-name suffixes differ.
"""
from __future__ import annotations

import hashlib
import io
import random
import struct
import time
import zlib
from functools import lru_cache
from pathlib import Path

from .api import ApiError

ALPHA = "abcdefghijklmnopqrstuvwxyz0123456789"
WORDS = ("alpha river stone cloud paper green window market engine silver garden yellow bridge "
         "morning pocket signal winter orange letter summer number forest mirror harbor").split()
USERS, CHANNELS, PRODUCTS, TAGS, MEMBERS = 50, 200, 1000, 40, 400
STATUS = ("new", "paid", "shipped", "refunded")
PASSWORD = "bench-pass-123"
CHUNK = 500


def rid(kind, i):
    """A stable, random-looking 15-character record id."""
    n = int.from_bytes(hashlib.blake2b(f"{kind}:{i}".encode(), digest_size=12).digest(), "big")
    out = []
    for _ in range(15):
        n, r = divmod(n, 36)
        out.append(ALPHA[r])
    return "".join(out)


def words(i, k):
    r = (i * 2654435761) & 0xFFFFFFFF
    out = []
    for _ in range(k):
        out.append(WORDS[r % len(WORDS)])
        r = (r * 1103515245 + 12345) & 0x7FFFFFFF
    return " ".join(out)


def when(i):
    """A distinct moment for each i, 37 s apart, from 2020-01-01 UTC."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1577836800 + 37 * i)) + ".000Z"


def user(i):
    return {"id": rid("u", i), "email": f"user{i}@bench.example", "password": PASSWORD,
            "passwordConfirm": PASSWORD, "name": f"User {i} {words(i, 1)}", "emailVisibility": True,
            "verified": True}


def channel(i):
    return {"id": rid("c", i), "title": f"{words(i, 2)} {i}", "topic": words(i + 7, 6)}


def product(i):
    return {"id": rid("p", i), "title": words(i + 3, 3), "sku": f"SKU-{i:06d}", "price": (i * 37 % 10000) / 100,
            "category": STATUS[i % 4], "meta": {"w": i % 50, "tags": words(i, 2).split()}}


def message(i):
    return {"id": rid("m", i), "text": words(i, 12), "num": i, "flag": i % 2 == 0, "at": when(i),
            "channel": rid("c", (i * 7919) % CHANNELS), "sender": rid("u", (i * 104729) % USERS)}


def order(i):
    return {"id": rid("o", i), "number": f"ORD-{i:07d}", "qty": 1 + i % 9, "total": (i * 131 % 100000) / 100,
            "status": STATUS[(i * 31) % 4] if i % 97 else "refunded", "note": words(i, 5), "at": when(i),
            "product": rid("p", (i * 6151) % PRODUCTS), "sender": rid("u", (i * 7907) % USERS)}


def tag(i):
    return {"id": rid("t", i), "name": f"{words(i, 1)}-{i}", "rank": i % 7}


def article(i):
    """One to three tags, all different."""
    return {"id": rid("a", i), "title": words(i + 11, 4), "num": i, "at": when(i),
            "tags": [rid("t", (i * 7 + 13 * k) % TAGS) for k in range(1 + i % 3)]}


def member(i):
    """Each user is in eight channels."""
    return {"id": rid("b", i), "user": rid("u", i % USERS), "channel": rid("c", (i * 37) % CHANNELS)}


def task(i):
    return {"id": rid("k", i), "title": words(i + 5, 5), "at": when(i), "channel": rid("c", (i * 7919) % CHANNELS)}


def n_tasks(records):
    return min(records // 2, 5_000)


def n_orders(records):
    return min(records // 2, 100_000)


MEMBER = ("@request.auth.id != '' && @collection.members.user ?= @request.auth.id"
          " && @collection.members.channel ?= channel")
OWN = "@request.auth.id != '' && sender = @request.auth.id"


def collections(ids):
    text = lambda n, **k: {"name": n, "type": "text", **k}
    num = lambda n: {"name": n, "type": "number"}
    rel = lambda n, c: {"name": n, "type": "relation", "collectionId": ids[c], "maxSelect": 1, "cascadeDelete": False}
    auto = [{"name": "created", "type": "autodate", "onCreate": True},
            {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True}]
    open_ = {r: "" for r in ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")}
    own = {**open_, "listRule": OWN, "viewRule": OWN}

    def col(name, fields, indexes=(), rules=open_):
        return {"name": name, "type": "base", **rules, "fields": [*fields, *auto], "indexes": list(indexes)}

    msg = lambda: [text("text"), num("num"), {"name": "flag", "type": "bool"}, {"name": "at", "type": "date"},
                   rel("channel", "channels"), rel("sender", "users")]
    idx = lambda t, *cols: [f"CREATE INDEX `idx_{t}_{c.replace(', ', '_')}` ON `{t}` ({c})" for c in cols]
    yield lambda: col("channels", [text("title"), text("topic")], idx("channels", "title"))
    yield lambda: col("products", [text("title"), text("sku"), num("price"),
                                   {"name": "category", "type": "select", "values": list(STATUS), "maxSelect": 1},
                                   {"name": "meta", "type": "json"}],
                      ["CREATE UNIQUE INDEX `idx_products_sku` ON `products` (sku)"])
    yield lambda: col("messages", msg(), idx("messages", "at", "num", "sender", "channel, at"))
    yield lambda: col("orders", [text("number"), num("qty"), num("total"),
                                 {"name": "status", "type": "select", "values": list(STATUS), "maxSelect": 1},
                                 text("note"), {"name": "at", "type": "date"}, rel("product", "products"),
                                 rel("sender", "users")],
                      idx("orders", "sender, at", "product", "status"), own)
    yield lambda: col("tags", [text("name"), num("rank")], idx("tags", "name"))
    yield lambda: col("articles", [text("title"), num("num"), {"name": "at", "type": "date"},
                                   {**rel("tags", "tags"), "maxSelect": 5}], idx("articles", "at"))
    yield lambda: col("members", [rel("user", "users"), rel("channel", "channels")], idx("members", "user, channel"))
    yield lambda: col("tasks", [text("title"), {"name": "at", "type": "date"}, rel("channel", "channels")],
                      idx("tasks", "at"), {**open_, "listRule": MEMBER, "viewRule": MEMBER})
    # scratch collections, so that writes never change what the read scenarios see
    yield lambda: col("writes", msg(), idx("writes", "at", "sender", "channel, at"))
    yield lambda: col("events", msg(), ())
    yield lambda: col("inbox", msg(), idx("inbox", "sender"), own)
    yield lambda: col("uploads", [text("title"), {"name": "doc", "type": "file", "maxSelect": 1, "maxSize": 10485760,
                                                  "thumbs": ["100x100", "320x0"]}])


SCRATCH = ("writes", "events", "inbox", "uploads")


def seeded(api, records):
    try:
        a = api.call("GET", "/api/collections/messages/records?perPage=1&fields=id")["totalItems"]
        b = api.call("GET", "/api/collections/orders/records?perPage=1&fields=id")["totalItems"]
        c = api.call("GET", "/api/collections/articles/records?perPage=1&fields=id")["totalItems"]
        return a == records and b == n_orders(records) and c == records
    except (ApiError, KeyError, TypeError):
        return False


def seed(api, records, log, logs_off=False):
    """-> records written per second through /api/batch (None where nothing had to be written)."""
    settings = {"batch": {"enabled": True, "maxRequests": 1000, "timeout": 120, "maxBodySize": 64 << 20},
                "rateLimits": {"enabled": False}}
    if logs_off:
        settings["logs"] = {"maxDays": 0}
    api.call("PATCH", "/api/settings", settings)
    if seeded(api, records):
        log("already seeded")
        return None
    try:
        api.call("GET", "/api/collections/messages")
    except ApiError:
        pass
    else:
        raise SystemExit(f"{api.base}: holds collections of this bench but not {records} messages; give it a fresh data folder")
    ids = {"users": api.call("GET", "/api/collections/users")["id"]}
    api.call("PATCH", "/api/collections/users",
             {"authAlert": {"enabled": False}, "listRule": "", "viewRule": ""})
    for make in collections(ids):
        c = make()
        ids[c["name"]] = api.call("POST", "/api/collections", c)["id"]
    rate = None
    for name, make, n in (("users", user, USERS), ("channels", channel, CHANNELS), ("products", product, PRODUCTS),
                          ("messages", message, records), ("orders", order, n_orders(records)),
                          ("tags", tag, TAGS), ("articles", article, records), ("members", member, MEMBERS),
                          ("tasks", task, n_tasks(records))):
        t0, chunk = time.time(), 10 if name == "users" else CHUNK
        url = f"/api/collections/{name}/records"
        for k in range(0, n, chunk):
            api.call("POST", "/api/batch", {"requests": [{"method": "POST", "url": url, "body": make(i)}
                                                         for i in range(k, min(n, k + chunk))]})
        if name == "messages":
            rate = n / (time.time() - t0)
        log(f"{name}: {n} in {time.time() - t0:.1f} s")
    if not seeded(api, records):
        raise SystemExit(f"{api.base}: the counts after seeding are wrong")
    return rate


def truncate(api, name):
    try:
        api.call("DELETE", f"/api/collections/{name}/truncate")
    except ApiError as e:
        raise SystemExit(f"cannot empty {name}: {e}")


@lru_cache
def blob(size=50_000):
    return random.Random(7).randbytes(size)


@lru_cache
def photo():
    """A real photograph-like JPEG next to the bench where there is one, else a PNG made here."""
    p = Path(__file__).parent / "photo.jpg"
    if p.exists():
        return "photo.jpg", "image/jpeg", p.read_bytes()
    w, h = 800, 600
    rows = b"".join(b"\0" + bytes(((x * 3 + y) & 255 if ch == 0 else (x + y * 2) & 255 if ch == 1 else (x ^ y) & 255)
                                  for x in range(w) for ch in range(3)) for y in range(h))
    out = io.BytesIO(b"")
    out.write(b"\x89PNG\r\n\x1a\n")
    for kind, data in ((b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")):
        out.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    return "photo.png", "image/png", out.getvalue()
