"""Collections with one of everything, and their types in each language."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from tests.makers import autodate, field, file, json_field, number, relation, select, text


@pytest.fixture
def everything_typed(make_collection):
    """Create collections that show every kind of field, relation and name."""
    tags = make_collection("post_tags", text("name", required=True))
    posts = make_collection(
        "posts",
        text("title", required=True),
        text("slug", autogeneratePattern="[a-z]{5}", required=True),
        text("class"),
        text("1st"),
        text("note", hidden=True),
        number("likes", required=True),
        field("bool", "open"),
        field("email", "mail"),
        field("url", "link"),
        field("editor", "body"),
        field("date", "due"),
        autodate("created", onCreate=True),
        select("status", "draft", 'it\'s "public"', "x\\y", required=True),
        select("level", "low", "high"),
        select("colours", "red", "green", maxSelect=2),
        relation("author", "_pb_users_auth_", required=True),
        relation("tags", tags, maxSelect=5),
        file("cover"),
        file("papers", maxSelect=3),
        json_field("meta"),
        field("geoPoint", "place"),
        field("password", "pin"),
        softDelete=True,
    )
    make_collection(
        "profiles",
        relation("user", "_pb_users_auth_"),
        indexes=["create unique index i on profiles (user)"],
    )
    make_collection("PostTags", text("a"))
    make_collection("4ever", relation("post", posts))
    make_collection(
        "latest", type="view", viewQuery="select id, title, author, (1 + 1) as n from posts"
    )


@pytest.fixture
def typegen(everything_typed):
    """Run the command and return what it wrote."""

    def run(*arguments):
        out = io.StringIO()
        call_command("typegen", *arguments, stdout=out)
        return out.getvalue()

    return run
