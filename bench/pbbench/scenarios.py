"""The scenarios. Each makes, for one target, a Plan of ready-made requests (or runs itself)."""
from __future__ import annotations

import random
import time
from urllib.parse import quote, urlencode

from . import seed as S
from .api import multipart
from .load import Plan, raw_request


class Ctx:
    """One target during a run: its API client, tokens and what the scenarios left there."""

    def __init__(self, name, api, records):
        self.name, self.api, self.records = name, api, records
        self.tokens, self.files, self.scratch = [], [], {}

    def login_users(self, n=S.USERS):
        while len(self.tokens) < n:
            self.tokens.append(self.api.login(f"user{len(self.tokens)}@bench.example", S.PASSWORD, "users"))

    def get(self, path, token=None):
        return raw_request("GET", path, self.api.host, token=token)

    def records_get(self, col, token=None, **q):
        return self.get(f"/api/collections/{col}/records?{urlencode(q, quote_via=quote)}", token)

    def send(self, method, path, body=None, token=None):
        return raw_request(method, path, self.api.host, body, token)


# --- reads -----------------------------------------------------------------------------------

def health(c, rnd):
    return Plan([c.get("/api/health")], gate="status")


def view(c, rnd):
    r = random.Random(1)
    return Plan([c.get(f"/api/collections/messages/records/{S.rid('m', r.randrange(c.records))}") for _ in range(500)])


def list30_total(c, rnd):
    return Plan([c.records_get("messages", page=p, perPage=30, sort="-at") for p in range(1, 11)])


def list30(c, rnd):
    return Plan([c.records_get("messages", page=p, perPage=30, sort="-at", skipTotal=1) for p in range(1, 11)])


def list30_filter_sort(c, rnd):
    return Plan([c.records_get("messages", perPage=30, sort="-at", skipTotal=1,
                               filter=f"channel = '{S.rid('c', i)}' && at >= '2020-01-01 06:00:00.000Z'")
                 for i in range(0, S.CHANNELS, 2)])


def list30_rel_filter(c, rnd):
    return Plan([c.records_get("messages", perPage=30, sort="-at", skipTotal=1, filter=f"channel.title ~ '{w}'")
                 for w in S.WORDS])


def list30_search_total(c, rnd):
    return Plan([c.records_get("messages", perPage=30, sort="-at", filter=f"text ~ '{w}' && flag = true")
                 for w in S.WORDS], conns=4)


def list30_expand2(c, rnd):
    return Plan([c.records_get("messages", page=p, perPage=30, sort="-at", skipTotal=1, expand="channel,sender")
                 for p in range(1, 11)])


def list30_fields(c, rnd):
    return Plan([c.records_get("messages", page=p, perPage=30, sort="-at", skipTotal=1, fields="id,text,num")
                 for p in range(1, 11)])


def list_backrel(c, rnd):
    return Plan([c.records_get("products", perPage=30, sort="sku", skipTotal=1,
                               filter=f"orders_via_product.number ?= 'ORD-{i:07d}'") for i in range(0, 100)], conns=4)


def list30_deep(c, rnd):
    return Plan([c.records_get("messages", page=300 + p, perPage=30, sort="-at", skipTotal=1) for p in range(10)])


def list500(c, rnd):
    return Plan([c.records_get("messages", page=p, perPage=500, sort="-at", skipTotal=1) for p in range(1, 5)], conns=4)


def list30_authrule(c, rnd):
    c.login_users()
    return Plan([c.records_get("orders", c.tokens[i], perPage=30, sort="-at", skipTotal=1) for i in range(S.USERS)])


def list_matchall(c, rnd):
    """Every tag of the article has that name: a path over several related rows, with the total."""
    return Plan([c.records_get("articles", perPage=30, sort="-at", filter=f"tags.name = '{S.tag(i)['name']}'")
                 for i in range(S.TAGS)], conns=4)


def list_collrule(c, rnd):
    """The rule looks the caller up in another collection."""
    c.login_users()
    return Plan([c.records_get("tasks", c.tokens[i], perPage=30, sort="-at", skipTotal=1) for i in range(S.USERS)],
                conns=4)


# --- auth ------------------------------------------------------------------------------------

def auth_password(c, rnd):
    return Plan([c.send("POST", "/api/collections/users/auth-with-password",
                        {"identity": f"user{i}@bench.example", "password": S.PASSWORD}) for i in range(S.USERS)],
                conns=4)


def auth_refresh(c, rnd):
    c.login_users()
    return Plan([c.send("POST", "/api/collections/users/auth-refresh", None, t) for t in c.tokens])


# --- writes ----------------------------------------------------------------------------------

def new_message(i):
    b = S.message(i)
    del b["id"]
    return b


def _create(conns):
    def make(c, rnd):
        S.truncate(c.api, "writes")
        return Plan([c.send("POST", "/api/collections/writes/records", new_message(i)) for i in range(500)],
                    conns=conns, gate="exact")
    return make


def _fill(c, n):
    S.truncate(c.api, "writes")
    url = "/api/collections/writes/records"
    for k in range(0, n, S.CHUNK):
        c.api.call("POST", "/api/batch", {"requests": [
            {"method": "POST", "url": url, "body": {**S.message(i), "id": S.rid("w", i)}}
            for i in range(k, min(n, k + S.CHUNK))]})


def update(c, rnd):
    _fill(c, 2000)
    return Plan([c.send("PATCH", f"/api/collections/writes/records/{S.rid('w', i)}",
                        {"text": S.words(i + rnd + 1, 10), "num": i + rnd}) for i in range(2000)])


def delete(c, rnd):
    n = 2000
    _fill(c, n)
    return Plan([c.send("DELETE", f"/api/collections/writes/records/{S.rid('w', i)}") for i in range(n)], once=True,
                gate="status", probe=[c.send("DELETE", f"/api/collections/writes/records/{S.rid('none', 0)}")])


def batch50(c, rnd):
    S.truncate(c.api, "writes")
    url = "/api/collections/writes/records"
    return Plan([c.send("POST", "/api/batch", {"requests": [
        {"method": "POST", "url": url, "body": new_message(50 * k + i)} for i in range(50)]}) for k in range(20)],
        conns=4, units=50, gate="exact", check=1)


def mixed(c, rnd):
    """90 % reads (half views, half lists of 30), 10 % writes (creates and updates), 50 connections."""
    _fill(c, 500)
    r, raws, tags = random.Random(5), [], []
    for i in range(1000):
        if i % 10 == 9:
            tags.append(1)
            if i % 20 == 9:
                raws.append(c.send("POST", "/api/collections/writes/records", new_message(i)))
            else:
                raws.append(c.send("PATCH", f"/api/collections/writes/records/{S.rid('w', r.randrange(500))}",
                                   {"num": i}))
        else:
            tags.append(0)
            if i % 2:
                raws.append(c.get(f"/api/collections/messages/records/{S.rid('m', r.randrange(c.records))}"))
            else:
                raws.append(c.records_get("messages", perPage=30, sort="-at", skipTotal=1,
                                          filter=f"channel = '{S.rid('c', r.randrange(S.CHANNELS))}'"))
    return Plan(raws, conns=50, tags=tags, tag_names=("read", "write"))


# --- files -----------------------------------------------------------------------------------

def upload50k(c, rnd):
    S.truncate(c.api, "uploads")
    raws = []
    for i in range(8):
        b, ctype = multipart({"title": f"file {i}"}, {"doc": ("data.bin", "application/octet-stream", S.blob())})
        raws.append(raw_request("POST", "/api/collections/uploads/records", c.api.host, b, ctype=ctype))
    return Plan(raws, conns=8, gate="exact")


def _upload(c, n, kind, size=50_000):
    S.truncate(c.api, "uploads")
    # fresh ids each time: PocketBase removes the files of deleted records in the background, so a record
    # made again under the same id can lose its new file
    serial = c.scratch["serial"] = c.scratch.get("serial", int(time.time())) + 1
    out = []
    for i in range(n):
        f = S.photo() if kind == "photo" else ("data.bin", "application/octet-stream", S.blob(size))
        out.append(c.api.multipart("/api/collections/uploads/records", {"id": S.rid(f"{kind}{serial}", i), "title": f"{kind} {i}"},
                                   {"doc": f}))
    return [f"/api/files/uploads/{r['id']}/{r['doc']}" for r in out]


def download50k(c, rnd):
    return Plan([c.get(p) for p in _upload(c, 20, "bin")], gate="exact", check=1)


def download10m(c, rnd):
    return Plan([c.get(p) for p in _upload(c, 2, "large", 10_000_000)], conns=4, gate="exact", check=1)


def thumb_cold(c, rnd):
    paths = _upload(c, 24, "photo")
    # the probe is another size, so that the gate does not warm what is timed
    return Plan([c.get(p + "?thumb=100x100") for p in paths], conns=4, once=True, gate="status",
                probe=[c.get(paths[0] + "?thumb=320x0")])


def thumb_warm(c, rnd):
    paths = _upload(c, 8, "photo")
    for p in paths:
        c.api.raw("GET", p + "?thumb=100x100")
    return Plan([c.get(p + "?thumb=100x100") for p in paths], gate="status")


#: name -> (group, what is counted, maker)
LOAD = {
    "health": ("read", health),
    "view": ("read", view),
    "list30_total": ("read", list30_total),
    "list30": ("read", list30),
    "list30_filter_sort": ("read", list30_filter_sort),
    "list30_rel_filter": ("read", list30_rel_filter),
    "list30_search_total": ("read", list30_search_total),
    "list30_expand2": ("read", list30_expand2),
    "list30_fields": ("read", list30_fields),
    "list_backrel": ("read", list_backrel),
    "list30_deep": ("read", list30_deep),
    "list500": ("read", list500),
    "list30_authrule": ("read", list30_authrule),
    "list_matchall": ("read", list_matchall),
    "list_collrule": ("read", list_collrule),
    "auth_password": ("auth", auth_password),
    "auth_refresh": ("auth", auth_refresh),
    "create_c1": ("write", _create(1)),
    "create_c16": ("write", _create(16)),
    "create_c50": ("write", _create(50)),
    "update_c16": ("write", update),
    "delete_c16": ("write", delete),
    "batch50_c4": ("write", batch50),
    "mixed_c50": ("write", mixed),
    "upload50k_c8": ("files", upload50k),
    "download50k": ("files", download50k),
    "download10m": ("files", download10m),
    "thumb_cold_c4": ("files", thumb_cold),
    "thumb_warm": ("files", thumb_warm),
}

#: name -> (clients, with per-client auth rule)
REALTIME = {"rt_100": (100, False), "rt_500": (500, False), "rt_1000": (1000, False), "rt_rule_500": (500, True)}
PROCESS = ("startup", "idle_rss")
