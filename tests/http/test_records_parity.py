"""Records side by side with the real PocketBase: every answer the same to the letter."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.http.records_world import FORM, World, an_id, words
from tests.makers import relation

pytestmark = pytest.mark.pocketbase

MULTIPART = "multipart/form-data; boundary=b"
WHO = ("", "ann", "max", "root")
POSTS = "/api/collections/rw_posts/records"
CATS = "/api/collections/rw_cats/records"


@pytest.fixture
def world(pocketbase, root_api):
    made = World(pocketbase, root_api)
    try:
        made.build()
        for name in ("ann", "bob", "max"):
            made.sign_in(name)
        yield made
    finally:
        made.clear()
    assert not made.differences, made.report()


def test_pages(world):
    for page in ("", "0", "-1", "1", "2", "+2", "99", "x", "1.5", " 1", "1e1", "0x1", "9" * 19):
        world.list("rw_posts", page=page, perPage=2)
    for page in (2**63 - 1, 2**63 - 2, 2**62, 2**62 + 1, 2**64 // 3 + 1, 2**63 // 3 + 2):
        for most in (1, 2, 3, 1000):
            world.list("rw_posts", page=page, perPage=most)
    for most in ("", "0", "-5", "1", "+5", "1000", "1001", "99999", "x", "1.5", "9" * 30, "1_0"):
        world.list("rw_posts", perPage=most)
    for skip in ("", "1", "t", "T", "TRUE", "true", "True", "0", "f", "False", "yes", "tRUE", "2"):
        world.list("rw_posts", perPage=2, skipTotal=skip)
    for query in ("perPage=1&perPage=3", "page=2&page=x&perPage=1", "perPage=%zz", "a;b=1", "?"):
        world.send("GET", f"{POSTS}?{query}")
    world.list("rw_posts", filter="n > 9999", perPage=1, page=5)


def test_collections_by_name_and_id(world):
    for name in ("rw_posts", "RW_POSTS", "Rw_Posts", "nope", "rw_post", "%72w_posts"):
        for rest in ("", f"/{an_id('post1')}", "/missing", "/", f"/{an_id('post1')}/"):
            for method in ("GET", "HEAD", "PUT", "DELETE"):
                if method != "DELETE" or name == "nope" or rest in ("", "/", "/missing"):
                    world.send(method, f"/api/collections/{name}/records{rest}")
    world.send("GET", f"{POSTS}/{an_id('POST1')}")


SORTS = words("""
title -title +title n,-title -pub,n title:lower -title:lower j.a j.b -j.s tags tags:length
cats:length -cats:length cat cat.name -cat.name cat.id cats.name cats.n @random -@random @rowid
-@rowid id -created nope secret cat.secret author.email author.name author.friend.name geo
geo.lon rw_notes_via_post.text -rw_notes_via_post.id rw_locked_via_post.text
rw_only_via_post.text pass title,title -n,+n,title , title, ,title --title -+title title+desc
collectionId collectionName @now @request.auth.id @collection.rw_cats.name null true 'x' 1
_rowid_ rowid title:nope title:length cat.nope nope.name title.x when body mail web docs pic
""")


def test_sorts(world):
    for who in ("", "root"):
        for sort in SORTS:
            # an order that is not total is made so, where that cannot change the outcome
            total = sort if "random" in sort or "rowid" in sort else f"{sort},id"
            got = {"sort": total} if "random" not in sort else {"sort": total, "fields": "page"}
            world.list("rw_posts", who, **got)
        world.list("rw_posts", who, sort=" title , -n ")
        world.list("rw_posts", who, sort="- title")
        world.list("rw_posts", who, sort="title desc")
        world.list("rw_posts", who, sort=",".join(["n"] * 8))
        world.list("rw_posts", who, sort=",".join(["n"] * 9))
        world.list("rw_posts", who, sort="n" * 256)
        for depth in (5, 6, 7):
            world.list("rw_nodes", who, sort=".".join(["next"] * depth + ["name"]) + ",id")
        for sort in ("half", "-half,id", "cat.name,id", "@rowid", "tags:length,id", "nope"):
            world.list("rw_stats", who, sort=sort)
        for sort in ("email,id", "-email,id", "emailVisibility,id"):
            world.list("rw_people", who, sort=sort)


def test_sort_through_a_collection_with_a_rule(world):
    for rule in ("name = 'one'", None, "@request.auth.id != ''", ""):
        world.both("PATCH", "/api/collections/rw_cats", {"listRule": rule})
        for who in WHO:
            for sort in ("cat.name,id", "-cats.name,id", "cat,id", "cat.id,id", "cats:length,id"):
                world.list("rw_posts", who, sort=sort)


def test_filters_that_are_refused(world):
    for filter in ("nope = 1", "title = ", "(", "secret = 's'", "title = 'a' &&", "title"):
        for who in ("", "root"):
            world.list("rw_posts", who, filter=filter)
    for word in ("@request.", "@collection.", "@REQUEST.", "@collection"):
        for name in ("filter", "sort"):
            for who in ("", "ann"):
                world.list("rw_posts", who, **{name: f"title = '{word}'"})
                world.view("rw_posts", "post1", who, **{name: f"title = '{word}'"})
    for length in (3499, 3500, 3501):
        world.list("rw_posts", filter=f"title = '{'x' * (length - 10)}'")
        world.list("rw_posts", filter=f"title = '{'é' * ((length - 10) // 2)}'")
    for count in (200, 201):
        world.list("rw_posts", filter="||".join(["n=1"] * count))


EXPANDS = words("""
cat cats author cat,cats cats,cat cat,cat cat.nope nope title cat.name ,cat, .cat. cat..x
cat.cat rw_notes_via_post rw_notes_via_posts RW_NOTES_via_post rw_notes_via_POST
rw_notes_via_text rw_notes_via_nope rw_notes(post) rw_notes(posts) rw_locked_via_post
rw_only_via_post rw_only_via_all rw_only(post) rw_notes_via_post.post.cat rw_notes_via_post.by
rw_notes_via_post.nope,cat rw_notes_via_post,rw_notes_via_post.by author.friend
author.rw_posts_via_author cat.rw_posts_via_cat.author
cats.rw_posts_via_cats,cats.rw_posts_via_cat rw_notes_via_post.post.nope rw_posts_via_cat
rw_stats_via_cat cat.rw_stats_via_cat cat,cats.nope * cat.* expand @collection
""")


def test_expand(world):
    for who in WHO:
        for expand in (*EXPANDS, " cat , cats ", "c a t", "cat author"):
            world.list("rw_posts", who, expand=expand)
        world.view("rw_posts", "post1", who, expand="cat,author")
        world.view("rw_posts", "post3", who, expand="cat,author,rw_notes_via_post")
        world.list("rw_stats", who, expand="cat,cat.rw_posts_via_cat")
        world.list("rw_notes", who, expand="post.cats,by,posts.rw_only_via_all")
        world.list("rw_people", who, expand="rw_posts_via_author.cat,rw_notes_via_by")


def test_expand_ends_at_six_levels(world):
    for depth in range(4, 9):
        world.view("rw_nodes", "node8", expand=".".join(["next"] * depth))
        back = ".".join(["rw_nodes_via_next"] * depth)
        world.view("rw_nodes", "node0", expand=back)
        mixed = ".".join(["next", "rw_nodes_via_next"] * depth)
        world.view("rw_nodes", "node4", expand=mixed)


def test_expand_by_the_rules_of_each_level(world):
    for rule in (None, "name != 'one'", "@request.auth.id != ''", "@request.context = 'expand'"):
        world.both("PATCH", "/api/collections/rw_cats", {"viewRule": rule})
        for who in WHO:
            world.list("rw_posts", who, expand="cat,cats,cat.rw_posts_via_cat,cat.nope")
            world.list("rw_notes", who, expand="post.cat,posts.cats")
    world.both("PATCH", "/api/collections/rw_notes", {"viewRule": "by.name = 'ann'"})
    for who in WHO:
        world.list("rw_posts", who, expand="rw_notes_via_post.post,rw_notes_via_posts")


FIELDS = words("""
title id,title * *,title nope title,nope collectionId expand.cat.name expand.cat.* expand.*
expand expand.*.name *,expand.cats.id *,expand.cat.name expand.rw_notes_via_post.text j j.a
j.a.x j.a.0 j.b.c tags tags.0 geo geo.lon title.x body:excerpt(5) body:excerpt(5,true)
body:excerpt(100,true) body:excerpt(3,false) body:excerpt(3,1) body:excerpt(3,yes) *:excerpt(4)
*:excerpt(4,true) n:excerpt(1) j:excerpt(2) expand.cat.name:excerpt(1,true) title:excerpt
title:excerpt() title:excerpt(0) title:excerpt(-1) title:excerpt(x) title:excerpt(1,2,3)
title:nope title:nope(1) title: :excerpt(3) title:excerpt(3):excerpt(2) title:EXCERPT(3)
title:excerpt(+3) title:excerpt(3.5) , ,title title, title,title .title title. *.title items
items.title page totalItems,title excerpt(3) title:excerpt(3 body:excerpt(9,TRUE)
body:excerpt(9,t)
""")


def test_fields(world):
    for who in ("", "root"):
        for fields in (
            *FIELDS,
            "",
            " title , n ",
            "body:excerpt( 5 , true )",
            "body:excerpt(5, true)",
        ):
            query = {"fields": fields, "expand": "cat,cats,rw_notes_via_post"}
            world.view("rw_posts", "post1", who, **query)
            world.list("rw_posts", who, **query, perPage=3)
    world.view("rw_posts", "missing", fields="title")
    world.view("rw_posts", "missing", fields="title:nope")
    world.list("rw_posts", fields="title:nope", filter="n > 9999")


HTML = (
    "text<br>more",
    "<p>a</p><p>b</p>",
    "<p>a <b>b</b>c</p>",
    "a<div>b</div>c",
    "<ul><li>1</li><li>2</li></ul>",
    "<head><title>t</title></head>x",
    "a<!-- c -->b",
    "&lt;b&gt; &amp; &euro; &#65; &nope;",
    "  a \n\n b\tc  ",
    "<a href='x'>link</a><img alt='i'>end",
    "<style>x{}</style>y<svg><text>z</text></svg>",
    "<button>b</button><select><option>o</option></select><textarea>t</textarea>",
    "<table><tr><td>1</td><td>2</td></tr></table>",
    "<unclosed",
    "a < b > c",
    "<p>unclosed <i>tags",
    "üñï<span>cödé</span> 漢字",
    "<iframe>f</iframe><video>v</video><audio>a</audio>",
    "<custom-tag>c</custom-tag>d",
    "<pre>a\n  b</pre>",
    "<h1>T</h1>x<small>s</small><sub>1</sub><sup>2</sup><time>now</time><code>c</code>",
)


def test_excerpts_of_html(world):
    for html in HTML:
        world.send("PATCH", f"{POSTS}/{an_id('post5')}", {"body": html})
        for most in (1, 3, 7, 100):
            world.view("rw_posts", "post5", fields=f"body:excerpt({most},true)")


def test_who_sees_what(world):
    for who in ("", "ann", "bob", "max", "root"):
        world.list("rw_people", who)
        world.list("rw_posts", who, expand="author")
        for name in ("ann", "bob", "max"):
            world.view("rw_people", name, who)
        for filter in ("email = 'ann@x.co'", "email ~ 'x.co'", "name != ''", "verified = true"):
            world.list("rw_people", who, filter=filter)
            world.list("rw_posts", who, filter=f"author.{filter}")


def test_rules_of_each_act(world):
    """Null, open, passed and failed rules, for everyone, in the order of the checks."""
    for rule in (None, "", "title = 'First'", "title = 'no'", "@request.auth.name = 'ann'"):
        rules = {f"{act}Rule": rule for act in ("list", "view", "create", "update", "delete")}
        world.both("PATCH", "/api/collections/rw_posts", rules)
        for who in WHO:
            world.list("rw_posts", who)
            world.list("rw_posts", who, filter="nope = 1")
            for name in ("post1", "post2", "missing"):
                world.view("rw_posts", name, who)
                path = f"{POSTS}/{an_id(name)}"
                world.send("PATCH", path, {"n": 5}, as_=who)
                world.send("PATCH", path, as_=who)
                world.send("PATCH", path, b"{broken", as_=who)
                world.send("PATCH", path, b"x", as_=who, content_type="text/plain")
                world.send("DELETE", path, b"x", as_=who, content_type="text/plain")
                world.send("DELETE", path, b"{broken", as_=who)
            world.send("POST", POSTS, {"title": "x" * 50, "id": an_id("new")}, as_=who)
            world.send("POST", POSTS, b"{broken", as_=who)
            world.send("POST", POSTS, b"x", as_=who, content_type="text/plain")
            world.send("POST", POSTS, {"title": "First", "id": an_id("new")}, as_=who)
            world.send("DELETE", f"{POSTS}/{an_id('missing')}", as_=who)


def test_items_of_a_body_as_patterns(world):
    each = "title ?~ @request.body.tags:each"
    for rule in (each, f"title = 'none' && {each}", f"title = 'none' || {each}",
                 f"@request.query.k = 'v' && {each.replace('?~', '~')}"):  # fmt: skip
        rules = {f"{act}Rule": rule for act in ("list", "view", "create", "update")}
        world.both("PATCH", "/api/collections/rw_posts", rules)
        for body in (None, {"tags": ["a"]}):
            world.send("GET", POSTS, body)
            world.send("PATCH", f"{POSTS}/{an_id('post1')}", body)
            world.send("POST", POSTS, body)


def test_views_are_not_written(world):
    path = "/api/collections/rw_stats/records"
    for who in ("", "root"):
        for body in ({}, b"{broken"):
            world.send("POST", path, body, as_=who)
            world.send("PATCH", f"{path}/{an_id('post1')}", body, as_=who)
            world.send("DELETE", f"{path}/{an_id('post1')}", body, as_=who)
        for method in ("POST", "PATCH"):
            world.send(method, "/api/collections/nope/records/x", {}, as_=who)
    world.send("POST", "/api/collections/nope/records", b"{broken")


CREATE_RULES = (
    ("id ~ '__temp_id__%'", {"title": "t"}),
    ("id = ''", {"title": "t"}),
    ("auto = ''", {"title": "t"}),
    ("created = '' && updated = ''", {"title": "t"}),
    ("n = 0 && pub = false && tags = '' && cat = '' && j = null", {}),
    ("tags:length = 0", {}),
    ("j = null", {}),
    ("when = '' && geo.lon = 0", {}),
    ("@request.body.n = 3", {"n+": 3}),
    ("n = 3", {"n+": "3"}),
    ("@request.body.n:isset = true", {"n+": 3}),
    ("@request.body.n:isset = false", {"n+": 3}),
    ("@request.body.title:isset = true", {"title": None}),
    ("@request.body.secret:isset = true", {"secret": "x"}),
    ("secret = 'x'", {"secret": "x"}),
    ("@request.body.unknown = 5", {"unknown": 5}),
    ("@request.body.unknown.deep = 5", {"unknown": {"deep": 5}}),
    ("@request.body.cat.name = 'one'", {"cat": an_id("cat1")}),
    ("cat.name = 'one'", {"cat": an_id("cat1")}),
    ("cats.name ?= 'one'", {"cats": [an_id("cat1"), an_id("cat2")]}),
    ("cats.name = 'one'", {"cats": [an_id("cat1"), an_id("cat2")]}),
    ("@request.body.cats:length = 2", {"cats": [an_id("cat1"), an_id("cat2")]}),
    ("@request.body.tags:each ~ 'a'", {"tags": ["a"]}),
    ("@request.body.title:lower = 'abc'", {"title": "ABC"}),
    ("@request.body.title:changed = true", {"title": "ABC"}),
    ("pass = ''", {"pass": "12345678"}),
    ("pass != ''", {"pass": "12345678"}),
    ("@request.body.pass = '12345678'", {"pass": "12345678"}),
    ("@request.method = 'POST' && @request.context = 'default'", {}),
    ("@request.query.k = 'v'", {}),
    ("@request.headers.x_k = 'v'", {}),
    ("rw_notes_via_post.id = ''", {}),
    ("@collection.rw_cats.name ?= title", {"title": "one"}),
    ("@collection.rw_posts.title ?= title", {"title": "First"}),
)


@pytest.mark.parametrize("who", ["", "ann"])
def test_create_rules(world, who):
    for at, (rule, body) in enumerate(CREATE_RULES):
        world.both("PATCH", "/api/collections/rw_posts", {"createRule": rule})
        body = {"id": an_id(f"new{at}x"), **body}
        world.send("POST", f"{POSTS}?k=v", body, as_=who, headers={"X-K": "v"})
        world.send("DELETE", f"{POSTS}/{body['id']}", as_="root")


UPDATE_RULES = (
    ("title = 'First'", {"title": "Changed"}),
    ("title = 'Changed'", {"title": "Changed"}),
    ("@request.body.title = 'Changed'", {"title": "Changed"}),
    ("@request.body.title:changed = false", {"title": "First"}),
    ("@request.body.title:changed = false", {"title": "Changed"}),
    ("@request.body.title:changed = false", {}),
    ("@request.body.n > n", {"n+": 1}),
    ("@request.body.n > n", {"n-": 1}),
    ("@request.body.tags:length > tags:length", {"tags+": "c"}),
    ("@request.body.tags:changed = true", {"tags": ["b", "a"]}),
    ("@request.body.tags:changed = true", {"tags": ["a", "b"]}),
    ("@request.body.cat = cat", {"cat": an_id("cat2")}),
    ("@request.body.cat.name != cat.name", {"cat": an_id("cat1")}),
    ("author.name = @request.auth.name", {"n": 9}),
    ("secret = 's'", {"n": 9}),
    ("@request.body.secret:isset = true", {"secret": "x"}),
    ("@request.body.j.b = 1", {"j": {"b": 1}}),
    ("@request.method = 'PATCH'", {}),
)


@pytest.mark.parametrize("who", ["", "ann"])
def test_update_rules(world, who):
    path = f"{POSTS}/{an_id('post1')}"
    original = {"title": "First", "n": 1, "tags": ["b", "a"], "cat": an_id("cat2")}
    for rule, body in UPDATE_RULES:
        world.both("PATCH", "/api/collections/rw_posts", {"updateRule": rule})
        world.send("PATCH", path, body, as_=who)
        world.view("rw_posts", "post1")
        world.send("PATCH", path, {**original, "secret": "s"}, as_="root")


BODIES = (
    {"title": "t1", "n": "5", "pub": "true", "tags": "a", "kind": ["x", "y"]},
    {"title": 5, "n": True, "pub": 1, "tags": ["a", "a", ""], "kind": "q"},
    {"title": "", "n": 5000, "tags": ["a", "b", "c", "d"], "mail": "x", "web": "y"},
    {"unknown": 1, "collectionId": "x", "collectionName": "y", "expand": {}, "created": "2000"},
    {"n+": 5, "n-": 2, "+n": 9, "n++": 4, "title+": "x", "j+": 1},
    {"n": 10, "n+": 1, "n-": 3},
    {"tags": ["a"], "tags+": "b", "+tags": "c"},
    {"+tags": ["d", "b"], "tags-": "a"},
    {"cats+": [an_id("cat1"), an_id("nope")]},
    {"cat": an_id("nope"), "cats": [an_id("cat1"), an_id("nope")]},
    {"cat": [an_id("cat1"), an_id("cat2")], "cats": an_id("cat1")},
    {"cat-": an_id("cat2"), "kind+": "z"},
    {"title:autogenerate": "pre", "auto:autogenerate": "pre-"},
    {"auto": "given", "secret": "given", "pass": "12345678"},
    {"docs": "a.txt", "pic": ["b.txt"]},
    {"docs": [], "pic": "", "docs-": "x", "docs+": ""},
    {"j": "{\"b\":1,\"a\":1.50}", "geo": {"lon": 181, "lat": 5}, "when": "yesterday"},
    {"j": 1e21, "geo": "{\"lon\":1,\"lat\":2}", "when": "2024-01-02 03:04:05.6789+02:00"},
    {"TITLE": "upper", "Title": "x"},
    {"id": "short"},
    {"id": "UPPERCASEUPPERC"},
    {"id": 123456789012345},
    {"id": None},
    {"id": an_id("post1")},
    {},
)  # fmt: skip


@pytest.mark.parametrize("who", ["", "root"])
def test_bodies(world, who):
    for at, body in enumerate(BODIES):
        world.send("POST", POSTS, body, as_=who)
        path = f"{POSTS}/{an_id('post1' if at % 2 else 'post2')}"
        world.send("PATCH", path, body, as_=who)
        world.list("rw_posts", who, filter=f"id = '{an_id('post1')}' || id = '{an_id('post2')}'")


RAW = (
    b"", b" ", b"null", b"[]", b"5", b'"x"', b"{}", b"{}x", b'{"n":1}{"n":2}', b'{"n":1,"n":2}',
    b'{"n":1e400}', b'{"title":"\xff"}', b'{"title":"\\ud800"}', b'\xef\xbb\xbf{"n":1}', b"{'n':1}",
    b'{"n":01}', b'{"n":+1}', b'{"n":.5}', b'{"n":NaN}', b'{"n":1,}', b'{"j":{"a":1,"a":2}}',
    b'{"title":"tab\tin"}', b'{"j":[[[[1]]]]}', b"true", b"\x00",
)  # fmt: skip


def test_raw_json(world):
    for raw in RAW:
        world.send("PATCH", f"{POSTS}/{an_id('post1')}", raw)
        world.send("PATCH", f"{POSTS}/{an_id('post1')}", raw, content_type="application/json;x=y")
    for kind in words(
        "Application/JSON application/jsonx text/plain text/xml application/xml image/png"
        " application multipart/form-data"
    ):
        world.send("PATCH", f"{POSTS}/{an_id('post1')}", b'{"n":7}', content_type=kind)
        world.send("PATCH", f"{POSTS}/{an_id('post1')}", b"", content_type=kind)
    for method in ("GET", "DELETE"):
        for kind in ("text/plain", "application/json", FORM):
            world.send(method, f"{POSTS}/{an_id('missing')}", b"x", content_type=kind)
    world.send("GET", POSTS, b"x", content_type="text/plain")


FORMS = (
    "title=12&n=5", "title=true&n=true&pub=true", "title=001&n=001", "title=1.50&n=1.50", "n=1e3",
    "n=.5", "n=-5", "n=%2B5", "tags=a&tags=b", "tags=%5B%22a%22%2C%22b%22%5D", "title=a&title=b",
    "n=1&n=2", "j=%7B%22a%22%3A1%7D", "j=text", "j=5", "j=", "j=1&j=2", "geo=%7B%22lon%22%3A1%7D",
    "cats=" + an_id("cat1"), "title=a+b%20c", "title", "=x", "title=%zz", "title=a;n=2", "n%2B=5",
    "%40jsonPayload=%7B%22title%22%3A%2212%22%7D", "title=x&%40jsonPayload=%7B%22n%22%3A%225%22%7D",
    "%40jsonPayload=nope", "%40jsonPayload=null&title=x", "title=x&%40jsonPayload=%5B%5D", "&&n=1&",
    "title.x=1", "tags%5B%5D=a", "geo.lon=5", "n=-0", "n=1234567890123456789", "n=1.0",
)  # fmt: skip


def test_forms(world):
    path = f"{POSTS}/{an_id('post1')}"
    for form in FORMS:
        world.send("PATCH", path, form.encode(), content_type=FORM)
        world.send("PATCH", path, _multipart(form), content_type=MULTIPART)
    for query in ("n=7", "n=7&title=q", "title=a&title=b", "n=%zz", "fields=n&n=4"):
        world.send("PATCH", f"{path}?{query}", b"pub=true", content_type=FORM)
        world.send("PATCH", f"{path}?{query}", {"pub": True})
    world.send("PATCH", path, b"n=1", content_type=f"{FORM}; charset=utf-8")
    for query in ("tags=b&tags=c", "tags=b", "title=q", '@jsonPayload={"title":"z"}', "n=%zz"):
        for form in ("tags=a", "title=p", '@jsonPayload={"title":"y"}', "n=5"):
            target = f"{path}?{query}"
            world.send("PATCH", target, _multipart(form), content_type=MULTIPART)
            world.send("PATCH", target, form.encode(), content_type=FORM)


@pytest.mark.sqlite  # PostgreSQL has no place for NUL
def test_texts_with_nul(world):
    path = f"{POSTS}/{an_id('post1')}"
    world.send("PATCH", path, b'{"title":"a\\u0000b"}')
    world.send("PATCH", path, b"title=%00", content_type=FORM)
    world.send("PATCH", path, _multipart("title=%00"), content_type=MULTIPART)
    world.view("rw_posts", "post1")


def _multipart(form):
    parts = []
    for pair in form.replace("+", " ").split("&"):
        key, _, value = map(unquote, pair.partition("="))
        head = f'Content-Disposition: form-data; name="{key}"'
        parts.append(f"--b\r\n{head}\r\n\r\n{value}\r\n")
    return "".join([*parts, "--b--\r\n"]).encode()


def test_payloads_over_what_came_before(world):
    values = ('"s"', "7", "false", "null", "[1]", "[]", '{"k":1}', '{"k":{"l":2}}', '{"k":"x"}')
    path = f"{POSTS}/{an_id('post1')}"
    for before in ("j=x", "j=5", "j=true", "j=", "j=a&j=b", *values):
        for value in values:
            first = before if "=" in before else f'@jsonPayload={{"j":{before}}}'
            form = f'{first}&@jsonPayload={{"j":{value},"n":3}}'
            world.send("PATCH", path, _multipart(form), content_type=MULTIPART)


def test_broken_multipart(world):
    path = f"{POSTS}/{an_id('post1')}"
    head = b'Content-Disposition: form-data; name="title"\r\n\r\n'
    whole = b"--b\r\n" + head + b"t\r\n--b--\r\n"
    for raw in (
        whole,
        whole.removesuffix(b"\r\n"),
        whole.removesuffix(b"--b--\r\n"),
        whole.replace(b"--b--", b"--b"),
        b"preamble\r\n" + whole,
        whole + b"epilogue",
        whole + whole,
        b"--b--\r\n",
        b"--b\r\n\r\nt\r\n--b--\r\n",
        b"--b\r\nbroken\r\n\r\nt\r\n--b--\r\n",
        b"--b \r\n" + head + b"t\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: attachment; name="title"\r\n\r\nt\r\n--b--\r\n',
        b"--b\r\nContent-Disposition: form-data\r\n\r\nt\r\n--b--\r\n",
        b"--b\r\ncontent-disposition: form-data; name=title\r\n\r\nt\r\n--b--\r\n",
        b"--b\r\nContent-Type: text/plain\r\n" + head + b"t\r\n--b--\r\n",
        b"x",
        b"",
    ):
        world.send("PATCH", path, raw, content_type=MULTIPART)
        world.view("rw_posts", "post1")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-datax"):
        world.send("PATCH", path, whole, content_type=kind)


def test_forms_without_a_part(world):
    """Where files could come, one that was announced must come; else it is an empty body."""
    for rule in ("", "id = 'nope'", None):
        for name in ("posts", "cats"):
            acts = dict.fromkeys(("createRule", "updateRule"), rule)
            world.both("PATCH", f"/api/collections/rw_{name}", acts)
        for path, one in ((POSTS, "post1"), (CATS, "cat1")):
            for who in ("", "root"):
                for method, url in (
                    ("POST", path),
                    ("PATCH", f"{path}/{an_id(one)}"),
                    ("PATCH", f"{path}/{an_id('missing')}"),
                ):
                    world.send(method, url, b"", as_=who, content_type=MULTIPART)


def test_passwords_that_cannot_be_hashed(world):
    for rule in ("", "title = ''", "title != ''", None):
        world.both("PATCH", "/api/collections/rw_posts", {"createRule": rule, "updateRule": rule})
        for who in ("", "root"):
            for password in ("ü" * 40, "a" * 73, "a" * 72, "a" * 71, ""):
                for title in ("", "x" * 50):
                    body = {"id": an_id("new"), "pass": password, "title": title}
                    world.send("POST", POSTS, body, as_=who)
                    world.send("PATCH", f"{POSTS}/{an_id('post2')}", {"pass": password}, as_=who)
                    world.send("DELETE", f"{POSTS}/{an_id('new')}", as_="root")
    person = {"id": an_id("new"), "email": "n@x.co"}
    for password in ("ü" * 40, "a" * 73, "a" * 72):
        body = {**person, "password": password, "passwordConfirm": password}
        for who in ("", "root"):
            world.send("POST", "/api/collections/rw_people/records", body, as_=who)
            world.send("POST", "/api/collections/rw_people/records", {**body, "email": ""}, as_=who)


def test_unique_values(world):
    for index in (
        "CREATE UNIQUE INDEX rw_x ON rw_cats (name)",
        "CREATE UNIQUE INDEX rw_x ON rw_cats (name, n)",
        "CREATE UNIQUE INDEX rw_x ON rw_cats (lower(name))",
        "CREATE UNIQUE INDEX rw_x ON rw_cats (name) WHERE n > 1",
        "CREATE UNIQUE INDEX rw_x ON rw_cats (name COLLATE NOCASE)",
    ):
        world.both("PATCH", "/api/collections/rw_cats", {"indexes": [index]})
        for name, n in (("one", 1), ("one", 5), ("ONE", 1), ("two", 2)):
            world.send("POST", CATS, {"id": an_id("dup"), "name": name, "n": n})
            world.send("PATCH", f"{CATS}/{an_id('cat3')}", {"name": name, "n": n})
            world.send("PATCH", f"{CATS}/{an_id('cat3')}", {"name": "unseen", "n": 3})
            world.send("DELETE", f"{CATS}/{an_id('dup')}", as_="root")
    both = ["CREATE UNIQUE INDEX rw_a ON rw_cats (name)", "CREATE UNIQUE INDEX rw_b ON rw_cats (n)"]
    world.both("PATCH", "/api/collections/rw_cats", {"indexes": both})
    world.send("POST", CATS, {"id": an_id("dup"), "name": "one", "n": 2})
    world.send("POST", CATS, {"id": an_id("cat1"), "name": "one", "n": 1})


def test_deletes_and_what_they_take_along(world):
    for options in (
        {"cascadeDelete": False},
        {"cascadeDelete": True},
        {"required": True},
        {"required": True, "cascadeDelete": True},
    ):
        for most in (1, 3):
            target = {"id": "idtarget", "name": "rw_target", "type": "base"}
            world.both("POST", "/api/collections", target)
            source = {
                "id": "idsource",
                "name": "rw_source",
                "type": "base",
                "fields": [
                    {"name": "r", "type": "relation", "collectionId": "idtarget",
                     "maxSelect": most, "minSelect": 2 if most > 1 else 0, **options},
                ],
            }  # fmt: skip
            made = world.both("POST", "/api/collections", source)
            itself = relation("self", "idsource", cascadeDelete=True)
            world.both("PATCH", "/api/collections/idsource", {"fields": [*made["fields"], itself]})
            for name in "abc":
                path = "/api/collections/rw_target/records"
                world.both("POST", path, {"id": an_id(name)})
            path = "/api/collections/rw_source/records"
            named = [an_id("a"), an_id("b")][:most] if most > 1 else an_id("a")
            world.send("POST", path, {"id": an_id("s1"), "r": named}, as_="root")
            more = {"id": an_id("s2"), "r": named, "self": an_id("s1")}
            world.send("POST", path, more, as_="root")
            for name in "abc":
                one = f"/api/collections/rw_target/records/{an_id(name)}"
                world.send("DELETE", one, as_="root")
                world.list("rw_source", "root", sort="id")
                world.list("rw_target", "root", sort="id")
            world.send("PATCH", f"{path}/{an_id('s1')}", {}, as_="root")
            for name in ("rw_source", "rw_target"):
                world.theirs.http.delete(f"/api/collections/{name}")
                world.root.delete(f"/api/collections/{name}")


def test_accounts(world):
    people = "/api/collections/rw_people/records"
    good = {"password": "12345678", "passwordConfirm": "12345678"}
    for who in ("", "ann", "max", "root"):
        for body in (
            {},
            {"email": "n@x.co"},
            {"email": "n@x.co", "password": "12345678"},
            {"email": "n@x.co", "password": "12345678", "passwordConfirm": "x"},
            {"email": "n@x.co", "password": "1234567", "passwordConfirm": "1234567"},
            {"email": "bad", **good},
            {"email": "ann@x.co", **good},
            {"email": "ANN@x.co", **good},
            {"email": "n@x.co", "verified": True, **good},
            {"email": "n@x.co", "tokenKey": "k" * 40, **good},
            {"email": "n@x.co", "tokenKey": "k", **good},
            {"email": "", **good},
            {"email": "n@x.co", "emailVisibility": True, "id": an_id("ann"), **good},
        ):
            world.send("POST", people, {"id": an_id("new"), "name": "new", **body}, as_=who)
            world.send("DELETE", f"{people}/{an_id('new')}", as_="root")
        for body in (
            {"name": "again"},
            {"email": "other@x.co"},
            {"email": "bob@x.co"},
            {"verified": False},
            {"verified": True},
            {"password": "12345678"},
            {"passwordConfirm": "12345678"},
            {"oldPassword": "1234567890"},
            {"password": "12345678", "passwordConfirm": "12345679", "oldPassword": "1234567890"},
            {"oldPassword": "wrong", **good},
            {"emailVisibility": False},
            {"tokenKey": "k" * 50},
        ):
            world.send("PATCH", f"{people}/{an_id('bob')}", body, as_=who)
            undo = {"email": "bob@x.co", "verified": True, "name": "bob", "emailVisibility": True}
            world.send("PATCH", f"{people}/{an_id('bob')}", undo, as_="root")
        world.list("rw_people", "root", sort="id")
    password = {"oldPassword": "1234567890", **good}
    world.send("PATCH", f"{people}/{an_id('bob')}", password, as_="bob")
    world.view("rw_people", "bob", "bob")
    world.send("PATCH", f"{people}/{an_id('bob')}", {"name": "x"}, as_="bob")
    world.send("PATCH", f"{people}/{an_id('ann')}", {"email": "new@x.co"}, as_="root")
    world.both("PATCH", "/api/collections/rw_people", {"viewRule": "@request.auth.id != ''"})
    world.view("rw_people", "ann", "ann")


def test_answers_of_a_write_pick_and_expand(world):
    path = f"{POSTS}/{an_id('post2')}"
    for query in words(
        "expand=cat expand=nope fields=title expand=cat&fields=expand.cat.name fields=title:nope"
        " fields=*:excerpt(2) expand=rw_notes_via_posts"
    ):
        world.send("PATCH", f"{path}?{query}", {"n": 6})
        world.send("POST", f"{POSTS}?{query}", {"id": an_id("new"), "cat": an_id("cat1")})
        world.view("rw_posts", "new")
        world.send("DELETE", f"{POSTS}/{an_id('new')}?{query}")


BATCH_QUERIES = (
    "", "?title=q", "?title=12&n=7", "?pub=true", "?tags=a&tags=b", "?n=1&n=2",
    "?j=%7B%22a%22%3A1%7D", "?a=%zz", "?a=1;b=2", "?fields=title&title=a+b",
    '?@jsonPayload={"title":"z"}', "?nope=1",
    f"?id={an_id('post1')}", "?expand=cat&fields=title:nope",
)  # fmt: skip
BATCH_BODIES = (
    None, {"title": "body"}, {"n": "5"}, {"n": 5}, {"title": None}, {"j": {"b": 1}}, {"pub": 1},
    {"tags": "c"}, {"id": an_id("post2"), "title": "put"}, {"title": "First"}, {"n": 5000},
)  # fmt: skip


@pytest.fixture
def batches(world):
    """The world's batches are switched on."""
    world.both("PATCH", "/api/settings", {"batch": {"enabled": True}})
    yield world
    world.theirs.http.patch("/api/settings", json={"batch": {"enabled": False}})


def test_batches(batches):
    """An item is read as a form is: its body goes over the values of its query."""
    one = f"{POSTS}/{an_id('post1')}"
    for query in BATCH_QUERIES:
        for body in BATCH_BODIES:
            items = [
                {"method": method, "url": f"{url}{query}", "body": body}
                for method, url in (("POST", POSTS), ("PUT", POSTS), ("PATCH", one))
            ]
            for item in items:
                # all are undone: the last item fails
                last = {"method": "DELETE", "url": f"{POSTS}/{an_id('missing')}"}
                batches.send("POST", "/api/batch", {"requests": [item, last]})
            batches.send("POST", "/api/batch", {"requests": [items[2]]})
            batches.view("rw_posts", "post1")


def test_rules_of_batch_items(batches):
    rules = ("@request.context = 'batch'", "@request.method = 'PATCH'", "@request.query.k = 'v'",
             "@request.headers.x_k = 'v'", "@request.body.k = 'v'", "@request.body.k:isset = false",
             "title = 'First'", None)  # fmt: skip
    one = f"{POSTS}/{an_id('post1')}"
    for rule in rules:
        acts = dict.fromkeys(("createRule", "updateRule", "deleteRule"), rule)
        batches.both("PATCH", "/api/collections/rw_posts", acts)
        for who in ("", "ann"):
            for query, headers in (("", {}), ("?k=v", {}), ("", {"X-K": "v"}), ("", {"x_k": "v"})):
                for method, url in (
                    ("POST", POSTS),
                    ("PUT", POSTS),
                    ("PATCH", one),
                    ("DELETE", one),
                ):
                    item = {"method": method, "url": url + query, "headers": headers}
                    if method != "DELETE":
                        item["body"] = {"n": 1, "id": an_id("post1") if method == "PUT" else ""}
                    last = {"method": "GET", "url": POSTS}
                    batches.send("POST", "/api/batch", {"requests": [item, last]}, as_=who)


SHAPES_OF_BATCHES = (
    b"", b"null", b"[]", b"{}", b"{", b'{"requests":{}}', b'{"requests":[]}', b'{"requests":null}',
    b'{"requests":[1]}', b'{"requests":["x"]}', b'{"requests":[{}]}',
    b'{"requests":[{"method":"get","url":"x"}]}', b'{"requests":[{"method":"GET"}]}',
    b'{"requests":[{"method":"POST","url":""},{"method":"x","url":""}]}',
    b'{"requests":[{"method":5,"url":"x"}]}', b'{"requests":[{"method":"POST","url":"x"}]}',
    b'{"requests":[{"method":"POST","url":"' + b"x" * 2001 + b'"}]}',
    b'{"requests":[{"method":"POST","url":"x","headers":[]}]}',
    b'{"requests":[{"method":"POST","url":"x","body":[]}]}',
    b'{"requests":[{"method":"POST","url":"x","body":"s"}]}',
    b'{"requests":[' + b",".join([b'{"method":"POST","url":"x"}'] * 51) + b"]}",
)  # fmt: skip


def test_shapes_of_batches(batches):
    for raw in SHAPES_OF_BATCHES:
        for who in ("", "root"):
            batches.send("POST", "/api/batch", raw, as_=who)
    for kind in ("text/plain", FORM, "multipart/form-data"):
        batches.send("POST", "/api/batch", b"x", content_type=kind)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        batches.send(method, "/api/batch")


def test_urls_of_batch_items(batches):
    urls = (
        f"{POSTS}/", f"{POSTS}?", f"{POSTS}#x", f"http://x{POSTS}", f" {POSTS}", POSTS.upper(),
        POSTS.removeprefix("/"), POSTS.replace("rw_posts", "RW_POSTS"), f"{POSTS}/a/b",
        POSTS.replace("rw_posts", "idposts"), POSTS.replace("rw_posts", "nope"),
        POSTS.replace("rw_posts", ""), POSTS.replace("rw_posts", "rw_locked"),
        POSTS.replace("rw_posts", "rw_stats"), "/api/health", f"{POSTS}/{an_id('post1')}",
        f"{POSTS}/missing",
    )  # fmt: skip
    last = {"method": "DELETE", "url": f"{POSTS}/{an_id('missing')}"}
    for url in urls:
        for method in ("POST", "PUT", "PATCH", "DELETE", "GET"):
            item = {"method": method, "url": url, "body": {"title": "b"}}
            for items in ([item, last], [{**item, "url": POSTS, "method": "POST"}, item]):
                batches.send("POST", "/api/batch", {"requests": items})
