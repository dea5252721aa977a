"""An app made through the API, and everything that it answers, to be compared between servers."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.makers import (
    autodate,
    boolean,
    date,
    editor,
    email,
    file,
    geo_point,
    json_field,
    number,
    password,
    relation,
    select,
    text,
    url,
)

PASSWORD = "correct-horse"
SIGNED_IN = "@request.auth.id != ''"

TAGS = {
    "name": "tags",
    "type": "base",
    "fields": [text("name", required=True), number("weight")],
    "listRule": "",
    "viewRule": "",
    "indexes": ["CREATE UNIQUE INDEX `idx_tags_name` ON `tags` (`name` COLLATE NOCASE)"],
}
MEMBERS = {
    "name": "members",
    "type": "auth",
    "fields": [text("nick"), file("photo", maxSelect=1)],
    "listRule": "id = @request.auth.id || emailVisibility = true",
    "viewRule": "",
    "manageRule": "@request.auth.nick = 'boss'",
    "passwordAuth": {"enabled": True, "identityFields": ["email", "nick"]},
    "indexes": ["CREATE UNIQUE INDEX `idx_members_nick` ON `members` (`nick`) WHERE `nick` != ''"],
    "authToken": {"duration": 86400},
    "oauth2": {
        "enabled": True,
        "providers": [{"name": "google", "clientId": "a", "clientSecret": "hidden"}],
    },
    "otp": {"enabled": True, "length": 6},
}


def posts(tags: str, members: str) -> dict[str, Any]:
    """Return a collection with every type of field."""
    return {
        "name": "posts",
        "type": "base",
        "listRule": f"public = true || author = @request.auth.id || {SIGNED_IN} && likes > 10",
        "viewRule": "public = true || author = @request.auth.id",
        "createRule": f"{SIGNED_IN} && author = @request.auth.id",
        "updateRule": "author = @request.auth.id",
        "fields": [
            text("title", required=True, max=200),
            editor("body"),
            number("likes"),
            boolean("public"),
            email("contact"),
            url("link"),
            date("at"),
            select("kind", "news", "story"),
            select("moods", "glad", "sad", "odd", maxSelect=3),
            json_field("data"),
            file("cover", maxSelect=1, thumbs=["20x20"]),
            file("papers", maxSelect=5),
            file("secret", maxSelect=1, protected=True),
            relation("author", members),
            relation("tags", tags, maxSelect=5),
            password("code"),
            geo_point("place"),
            autodate("created", onCreate=True),
            autodate("updated", onCreate=True, onUpdate=True),
        ],
        "indexes": [
            "CREATE INDEX `idx_posts_likes` ON `posts` (`likes` DESC, `title`)",
            "CREATE UNIQUE INDEX `idx_posts_title` ON `posts` (lower(`title`))",
        ],
    }


BUSY = {
    "name": "busy",
    "type": "view",
    "listRule": "",
    "viewRule": "",
    "viewQuery": (
        "SELECT author AS id, count(*) AS posts, max(cover) AS cover, sum(likes) AS likes "
        "FROM posts WHERE author != '' GROUP BY author"
    ),
}
SHOWN = {
    "name": "shown",
    "type": "view",
    "listRule": SIGNED_IN,
    "viewRule": "",
    "viewQuery": "SELECT p.id, p.title, p.cover, p.author, p.data FROM posts p WHERE p.public = 1",
}
#: refers to a view, and comes before it in the alphabet
ABOVE = {
    "name": "above",
    "type": "view",
    "listRule": "",
    "viewQuery": "SELECT id, posts FROM busy WHERE posts > 1",
}
SETTINGS = {
    "meta": {"appName": "Moving", "senderAddress": "app@example.com"},
    "smtp": {"host": "mail.example.com", "username": "app", "password": "hidden"},
    "batch": {"enabled": True, "maxRequests": 7},
    "logs": {"maxDays": 9, "logAuthId": True},
}


def make(server: Any) -> None:
    """Make the app on a server. Every answer must be a success."""
    http = server.http
    made = {}
    for collection in (TAGS, MEMBERS):
        made[collection["name"]] = _sent(http.post("/api/collections", json=collection))["id"]
    _sent(http.post("/api/collections", json=posts(made["tags"], made["members"])))
    for collection in (BUSY, SHOWN, ABOVE):
        _sent(http.post("/api/collections", json=collection))
    _sent(http.patch("/api/settings", json=SETTINGS))
    tags = [
        _record(http, "tags", {"name": name, "weight": weight})["id"]
        for name, weight in (("red", 1), ("Green", 2.5), ("blue", 1e21))
    ]
    people = [
        _record(
            http,
            "members",
            {
                "email": f"{nick}@example.com",
                "nick": nick,
                "verified": nick != "new",
                "emailVisibility": nick == "boss",
                "password": PASSWORD,
                "passwordConfirm": PASSWORD,
            },
            {"photo": ("me.png", picture(40), "image/png")},
        )["id"]
        for nick in ("boss", "ann", "new")
    ]
    user = {"email": "u@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
    _record(http, "users", user)
    for at in range(12):
        _make_post(http, at, people, tags)
    gone = _record(http, "posts", {"title": "gone"}, {"cover": ("x.png", picture(9), "image/png")})
    assert http.delete(f"/api/collections/posts/records/{gone['id']}").status_code == 204
    for provider, person in (("google", people[0]), ("github", people[1])):
        link = {
            "collectionRef": made["members"],
            "recordRef": person,
            "provider": provider,
            "providerId": f"{provider}-1",
        }
        _record(http, "_externalAuths", link)


def picture(side: int) -> bytes:
    """Return a PNG."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), (side, 90, 30)).save(out, "PNG")
    return out.getvalue()


#: what needs no mail and no provider
ACCOUNT_REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("members/auth-with-oauth2", {"provider": "nope", "code": "x", "redirectURL": "http://x"}),
    ("members/auth-with-otp", {"otpId": "nope", "password": "123456"}),
    ("members/request-password-reset", {"email": "nobody@example.com"}),
    ("members/request-verification", {"email": "x"}),
    ("members/confirm-verification", {"token": "x"}),
    ("members/confirm-password-reset", {"token": "x", "password": "1", "passwordConfirm": "2"}),
    ("users/request-otp", {"email": "u@example.com"}),
]


class Tokens:
    """Tokens that one server gave, to be shown to all."""

    def __init__(self, server: Any) -> None:
        self.of: dict[str, str] = {"guest": "", "root": server.http.headers["Authorization"]}
        for nick in ("boss", "ann", "new"):
            self.of[nick] = sign_in(server, "members", nick)["token"]
        self.of["user"] = sign_in(server, "users", "u@example.com")["token"]
        asked = server.http.post("/api/files/token", headers={"Authorization": self.of["ann"]})
        self.file = _sent(asked)["token"]


def sign_in(server: Any, collection: str, identity: str) -> dict[str, Any]:
    """Return the answer to a sign-in with a password."""
    body = {"identity": identity, "password": PASSWORD}
    return _sent(server.guest.post(f"/api/collections/{collection}/auth-with-password", json=body))


FILTERS = (
    "likes > 3 && public = true",
    "title ~ 'POST 1' || body ?~ 'five'",
    "tags.name ?= 'red'",
    "tags.name != 'red'",
    "author.nick = 'ann' && at > '2024-01-01'",
    "data.deep.list:length > 1",
    "moods:each ~ 'a'",
    "geoDistance(place.lon, place.lat, 13.4, 52.5) < 400",
    "members_via_posts.id != ''",
    "contact = '' || kind = 'news'",
)


def answers(server: Any, tokens: Tokens) -> dict[str, Any]:
    """Return what the server says to everything that is asked, by what was asked."""
    out: dict[str, Any] = {}

    def ask(who: str, path: str, **query: Any) -> Any:
        response = server.guest.get(
            path, params=query or None, headers={"Authorization": tokens.of[who]}
        )
        shown = f"{who} {path} {query or ''}"
        body = _body(response)
        if "/_authOrigins/" in path and response.status_code == 200:
            for item in body.get("items", [body]):
                del item["updated"]  # every sign-in moves it
        out[shown] = (response.status_code, body)
        return body

    listed = ask("root", "/api/collections", perPage=200, sort="name")
    ask("root", "/api/collections", perPage=200)
    ask("root", "/api/settings")
    names = [item["name"] for item in listed["items"]]
    for name in names:
        records = f"/api/collections/{name}/records"
        ask("root", f"/api/collections/{name}")
        for who in tokens.of:
            ask(who, records)
            ask(who, records, sort="-id", perPage=5, page=2)
        every = ask("root", records, perPage=500)
        for item in every["items"][:4]:
            for who in ("guest", "ann", "root"):
                ask(who, f"{records}/{item['id']}", expand="author,tags,posts_via_author")
        for item in every["items"]:
            _ask_files(ask, out, server, tokens, item)
    posts = "/api/collections/posts/records"
    for who in ("guest", "ann", "root"):
        for text_ in FILTERS:
            ask(who, posts, filter=text_, sort="-likes,title", expand="author,tags")
    for name in ("members", "users", "_superusers"):
        methods = f"/api/collections/{name}/auth-methods"
        ask("guest", methods, fields="password,otp,mfa")
        ask("guest", methods, fields="oauth2.enabled,oauth2.providers.name")
    _ask_accounts(out, server, tokens)
    return out


def _ask_files(
    ask: Any, out: dict[str, Any], server: Any, tokens: Tokens, item: dict[str, Any]
) -> None:
    for key in ("cover", "papers", "secret", "photo"):
        found = item.get(key) or []
        for name in [found] if isinstance(found, str) else found:
            path = f"/api/files/{item['collectionName']}/{item['id']}/{name}"
            ask("guest", path)
            ask("guest", path, token=tokens.file)
            if key == "cover":
                thumb = server.guest.get(path, params={"thumb": "20x20"})
                out[f"thumb {path}"] = (thumb.status_code, thumb.headers.get("content-type"))


def _ask_accounts(out: dict[str, Any], server: Any, tokens: Tokens) -> None:
    """Ask for fresh tokens with old ones, and sign in with passwords; tokens are left out."""
    for who, collection in (("boss", "members"), ("user", "users"), ("root", "_superusers")):
        response = server.guest.post(
            f"/api/collections/{collection}/auth-refresh",
            headers={"Authorization": tokens.of[who]},
        )
        out[f"refresh {who}"] = (response.status_code, response.json().get("record"))
    for collection, identity in (
        ("members", "ann"),
        ("members", "new@example.com"),
        ("users", "u@example.com"),
    ):
        out[f"sign in {identity}"] = sign_in(server, collection, identity)["record"]
    wrong = {"identity": "ann", "password": "wrong-horse"}
    response = server.guest.post("/api/collections/members/auth-with-password", json=wrong)
    out["wrong password"] = (response.status_code, response.json())
    for path, body in ACCOUNT_REQUESTS:
        response = server.guest.post(f"/api/collections/{path}", json=body)
        out[path] = (response.status_code, response.text and response.json())
    for who in ("guest", "ann", "root"):
        headers = {"Authorization": tokens.of[who]}
        wrong = {"requests": [{"method": "POST", "url": "/api/collections/nope/records"}]}
        response = server.guest.post("/api/batch", json=wrong, headers=headers)
        out[f"batch {who}"] = (response.status_code, response.json())


def contents(folder: Path) -> dict[str, tuple[int, str]]:
    """Return moment and digest of every file in a folder."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _make_post(http: httpx.Client, at: int, people: list[str], tags: list[str]) -> None:
    form = {
        "title": f"Post {at} ünï",
        "body": "<p>five <b>words</b></p>" if at % 2 else "",
        "likes": [0, 1.5, -7, 11, 12345678901][at % 5],
        "public": at % 3 == 0,
        "contact": "a@example.com" if at % 2 else "",
        "link": "https://example.com/?a=1&b=2",
        "at": "2024-02-03 04:05:06.789Z" if at % 4 else "",
        "kind": ["news", "story", ""][at % 3],
        "moods": ["glad", "odd"][: at % 3],
        "author": people[at % 2] if at < 10 else "",
        "tags": tags[: at % 4],
        "code": "opensesame" if at == 1 else "",
        "place": {"lon": 13.4 + at, "lat": 52.5},
        "data": [None, {"deep": {"list": [1, 2]}}, "text", 5, "5", [], True, '{"a":1}'][at % 8],
    }
    made = _sent(http.post("/api/collections/posts/records", json=form))
    if at % 3 == 0:
        address = f"/api/collections/posts/records/{made['id']}"
        uploads = [
            ("cover", ("Über Bild.png", picture(30 + at), "image/png")),
            ("papers", ("one.txt", b"one", "text/plain")),
            ("papers", ("two.pdf", b"%PDF-1.4 two", "application/pdf")),
            ("secret", ("secret.json", b'{"a": 1}', "application/json")),
        ]
        _sent(http.patch(address, files=uploads))


def _record(
    http: httpx.Client, collection: str, data: dict[str, Any], uploads: Any = None
) -> dict[str, Any]:
    address = f"/api/collections/{collection}/records"
    if uploads is None:
        return _sent(http.post(address, json=data))
    return _sent(http.post(address, data=data, files=uploads))


def _sent(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return response.json()


def _body(response: httpx.Response) -> Any:
    kind = response.headers.get("content-type", "")
    if kind.startswith("application/json") and "/api/files/" not in str(response.url):
        return response.json()
    return kind, hashlib.sha256(response.content).hexdigest()
