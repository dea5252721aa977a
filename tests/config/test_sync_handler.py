import asyncio
import io
import threading
from types import SimpleNamespace

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.urls import path

from config.sync_handler import SyncHandler
from core_app import body_limits
from core_app.route_table import RouteTable
from core_app.routes import endpoint

seen = []


@endpoint("GET", "POST")
def echo(request):
    seen.append(request)
    return HttpResponse(request.body, content_type="text/plain", headers={"X-A": "1"})


@endpoint("POST")
def upload(request):
    seen.append(request)
    return HttpResponse(str(len(request.FILES["file"].read())))


class Pieces:
    def __init__(self, count):
        self.left = count
        self.closed = threading.Event()

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return b"x" * 1000

    def close(self):
        self.closed.set()


def stream(request):
    seen.append(Pieces(int(request.GET["n"])))
    return StreamingHttpResponse(seen[-1])


def file(request):
    return FileResponse(io.BytesIO(b"y" * 200_000), content_type="text/plain")


def file_by_path(request):
    response = FileResponse(io.BytesIO(b"y" * 200_000), headers={"Content-Length": "200000"})
    response.path = "/the/file"
    return response


def cookies(request):
    response = HttpResponse("ok")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


async def later(request):
    await asyncio.sleep(0)
    return HttpResponse("later")


def nothing(request):
    pass


def failing(request):
    raise LookupError("the view")


def template(request):
    return SimpleTemplateResponse(engines["django"].from_string("a {{ name }}"), {"name": "b"})


class Unreadable:
    def render(self, context, request):
        raise LookupError("the template")


def broken_template(request):
    return SimpleTemplateResponse(Unreadable(), {})


class Steps:
    """Middleware with all the steps around a view that Django knows."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        return HttpResponse("instead") if "instead" in request.GET else None

    def process_template_response(self, request, response):
        response.context_data["name"] = "c"
        return response

    def process_exception(self, request, error):
        return HttpResponse(f"{error} failed", status=503)


@pytest.fixture
async def handler(settings):
    settings.MIDDLEWARE = []  # they need a database
    seen.clear()
    handler = SyncHandler(threads=2)
    handler._routes = RouteTable(
        [
            path(view.__name__, view)
            for view in (
                *(echo, upload, stream, file, file_by_path, cookies),
                *(later, nothing, failing, template, broken_template),
            )
        ]
    )
    handler.pool.start(asyncio.get_running_loop())
    yield handler
    await asyncio.to_thread(handler.pool.stop)


async def run(handler, exchange):
    await asyncio.wait_for(handler(exchange.scope, exchange.receive, exchange.send), 60)
    return exchange


async def test_get(handler, exchange):
    got = await run(handler, exchange("GET", "/echo", query="a=1&a=2", host="h.test", x_many="1"))
    assert (got.status, got.headers, got.content) == (
        200,
        {"content-type": "text/plain", "x-a": "1", "content-length": "0"},
        b"",
    )
    [request] = seen
    assert (request.method, request.path, request.path_info) == ("GET", "/echo", "/echo")
    assert request.GET.getlist("a") == ["1", "2"]
    assert request.headers["X-Many"] == "1"
    assert request.get_host() == "h.test"
    assert request.META["REMOTE_ADDR"] == "10.0.0.1"
    assert (request.content_type, request.scheme, request.COOKIES) == ("", "http", {})
    assert request.build_absolute_uri() == "http://h.test/echo?a=1&a=2"


async def test_body_is_put_together(handler, exchange):
    sent = exchange(
        "POST", "/echo", b"ab", b"cd", content_length="4", content_type="text/x; charset=utf-8"
    )
    got = await run(handler, sent)
    assert got.content == b"abcd"
    assert (seen[0].content_type, seen[0].content_params) == ("text/x", {"charset": "utf-8"})


async def test_length_of_a_chunked_body(handler, exchange):
    await run(handler, exchange("POST", "/echo", b"ab", b"cd", transfer_encoding="chunked"))
    assert seen[0].META["CONTENT_LENGTH"] == "4"


async def test_nothing_is_awaited_where_no_body_is_announced(handler, exchange):
    sent = exchange("GET", "/echo", b"")
    await run(handler, sent)
    assert sent.pulled == 0


async def test_nothing_is_awaited_after_the_announced_length(handler, exchange):
    sent = exchange("POST", "/echo", b"abc", b"def", b"", content_length="6")
    got = await run(handler, sent)
    assert got.content == b"abcdef"
    assert sent.pulled == 2


async def test_the_first_of_repeated_headers_counts_and_cookies_add_up(handler, exchange):
    sent = exchange("GET", "/echo")
    sent.scope["headers"] = [
        *((b"x_a", b"evil"), (b"x-a", b"1"), (b"x-a", b"2")),
        *((b"cookie", b"c=1"), (b"cookie", b"d=2")),
    ]
    await run(handler, sent)
    assert (seen[0].META["HTTP_X_A"], seen[0].COOKIES) == ("1", {"c": "1", "d": "2"})


async def test_head_has_the_length_but_no_content(handler, exchange):
    got = await run(handler, exchange("HEAD", "/file"))
    assert (got.headers["content-length"], got.content) == ("200000", b"")


async def test_client_that_goes_before_its_body_came(handler, exchange):
    got = await run(handler, exchange("POST", "/echo", b"ab", None, content_length="10"))
    assert (got.sent, seen) == ([], [])


async def test_large_body_is_a_file(handler, exchange):
    chunk = b"z" * 65536
    sent = exchange("POST", "/echo", *[chunk] * 40, content_length=str(40 * 65536))
    got = await run(handler, sent)
    assert len(got.content) == 40 * 65536


async def test_multipart(handler, exchange):
    body = (
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
        + b"q" * 3_000_000
        + b"\r\n--B--\r\n"
    )
    chunks = [body[at : at + 65536] for at in range(0, len(body), 65536)]
    sent = exchange(
        "POST",
        "/upload",
        *chunks,
        content_type="multipart/form-data; boundary=B",
        content_length=str(len(body)),
    )
    got = await run(handler, sent)
    assert got.content == b"3000000"
    assert seen[0]._stream.closed


TOO_LARGE = b'{"data":{},"message":"Request entity too large.","status":413}'


async def test_announced_length_above_the_limit(handler, exchange):
    length = str(body_limits.DEFAULT_LIMIT + 1)
    sent = exchange("POST", "/echo", b"ab", content_length=length)
    got = await run(handler, sent)
    assert (got.status, got.content, seen, sent.pulled) == (413, TOO_LARGE, [], 0)


async def test_chunked_body_above_the_limit(handler, exchange, monkeypatch):
    monkeypatch.setattr(body_limits, "DEFAULT_LIMIT", 100_000)
    sent = exchange("POST", "/echo", *[b"z" * 65536] * 5, transfer_encoding="chunked")
    got = await run(handler, sent)
    assert (got.status, seen, sent.pulled) == (413, [], 2)


async def test_path_with_a_limit_of_its_own(handler, exchange, monkeypatch):
    monkeypatch.setattr(body_limits, "DEFAULT_LIMIT", 100)
    monkeypatch.setattr(body_limits, "_limits", [lambda path, _: {"/echo": 1000}.get(path)])
    assert (
        await run(handler, exchange("POST", "/echo", b"z" * 900, content_length="900"))
    ).status == 200
    assert (await run(handler, exchange("POST", "/echo", b"", content_length="1001"))).status == 413


async def test_stream(handler, exchange):
    got = await run(handler, exchange("GET", "/stream", query="n=5"))
    assert got.content == b"x" * 5000
    assert [message.get("more_body", False) for message in got.sent[1:]] == [True] * 5 + [False]
    assert seen[0].closed.is_set()


async def test_stream_ends_with_its_client(handler, exchange):
    sent = exchange("GET", "/stream", query="n=1000000")
    task = asyncio.ensure_future(run(handler, sent))
    while len(sent.sent) < 5 and not task.done():
        await asyncio.sleep(0.001)
    sent.gone.set()
    await task
    assert seen[0].closed.is_set()
    assert seen[0].left > 0


async def test_file_in_chunks(handler, exchange):
    got = await run(handler, exchange("GET", "/file"))
    assert got.content == b"y" * 200_000
    assert max(len(message["body"]) for message in got.sent[1:]) <= 65536
    assert got.headers["content-length"] == "200000"


async def test_file_that_the_server_sends(handler, exchange):
    asked = exchange("GET", "/file_by_path")
    asked.scope["extensions"] = {"http.response.pathsend": {}}
    got = await run(handler, asked)
    assert (got.status, got.headers["content-length"]) == (200, "200000")
    assert got.sent[1:] == [{"type": "http.response.pathsend", "path": "/the/file"}]


async def test_file_whose_server_cannot_send_it(handler, exchange):
    got = await run(handler, exchange("GET", "/file_by_path"))
    assert got.content == b"y" * 200_000


async def test_head_of_a_file_that_the_server_sends(handler, exchange):
    asked = exchange("HEAD", "/file_by_path")
    asked.scope["extensions"] = {"http.response.pathsend": {}}
    got = await run(handler, asked)
    assert (got.headers["content-length"], got.content, len(got.sent)) == ("200000", b"", 2)


async def test_cookies(handler, exchange):
    got = await run(handler, exchange("GET", "/cookies"))
    values = [value for name, value in got.sent[0]["headers"] if name == b"set-cookie"]
    assert values == [b"a=1; Path=/", b"b=2; Path=/"]


async def test_view_that_is_async(handler, exchange):
    for _ in range(2):
        assert (await run(handler, exchange("GET", "/later"))).content == b"later"


@pytest.mark.parametrize(
    ("name", "query", "status", "content"),
    [
        ("echo", "", 200, b""),
        ("nothing", "instead=1", 200, b"instead"),
        ("failing", "", 503, b"the view failed"),
        ("template", "", 200, b"a c"),
        ("broken_template", "", 503, b"the template failed"),
    ],
)
async def test_steps_of_middlewares(handler, exchange, settings, name, query, status, content):
    settings.MIDDLEWARE = [f"{__name__}.Steps"]
    handler.load_middleware()
    got = await run(handler, exchange("GET", f"/{name}", query=query))
    assert (got.status, got.content) == (status, content)


async def test_template_without_middlewares(handler, exchange):
    assert (await run(handler, exchange("GET", "/template"))).content == b"a b"


async def test_view_without_an_answer_is_a_bug(handler, exchange, caplog):
    assert (await run(handler, exchange("GET", "/nothing"))).status == 500
    assert "nothing didn't return an HttpResponse object" in caplog.text


async def test_requests_run_at_the_same_time(handler, exchange):
    barrier = threading.Barrier(2, timeout=60)

    def wait(request):
        barrier.wait()
        return HttpResponse("ok")

    handler.resolve_request = lambda request: (wait, (), {})
    both = [run(handler, exchange("GET", "/wait")) for _ in range(2)]
    assert [got.status for got in await asyncio.gather(*both)] == [200, 200]


@pytest.mark.parametrize(
    ("vendor", "host", "workers", "lanes"),
    [
        ("sqlite", "", 1, 1),
        ("postgresql", "", 4, 1),
        ("postgresql", "/run/postgresql", 2, 2),
        ("postgresql", "127.0.0.1", 1, 4),
        ("postgresql", "localhost", 16, 1),
        ("postgresql", "db.example.com", 4, 8),
    ],
)
def test_lanes_by_where_the_database_is(monkeypatch, vendor, host, workers, lanes):
    monkeypatch.delenv("HOLDALL_LANES", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    database = SimpleNamespace(vendor=vendor, settings_dict={"HOST": host})
    monkeypatch.setattr("config.sync_handler.connection", database)
    monkeypatch.setattr("ops_app.serving.stopping.workers", lambda: workers)
    assert SyncHandler(8).pool.lanes == lanes
    monkeypatch.setenv("HOLDALL_LANES", "3")
    assert SyncHandler(8).pool.lanes == 3
