from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from django.core.management import CommandError

#: passes mypy as it stands: what is wrong on purpose is ignored, and an ignore too many is an error
USE = """\
from typing import assert_type

from records_types import (
    CollectionName,
    PostsColoursOptions,
    PostsCreate,
    PostsLevelOptions,
    PostsResponse,
    PostsStatusOptions,
    PostsUpdate,
    ProfilesResponse,
    UsersResponse,
)

names: list[CollectionName] = ["posts", "4ever", "PostTags", "post_tags", "_superusers"]
wrong_name: CollectionName = "nope"  # type: ignore[assignment]


def read(post: PostsResponse, profile: ProfilesResponse, user: UsersResponse) -> None:
    assert_type(post["title"], str)
    assert_type(post["class"], str)
    assert_type(post["likes"], float)
    assert_type(post["colours"], list[PostsColoursOptions])
    assert_type(post["status"], PostsStatusOptions)
    assert_type(post["place"]["lon"], float)
    assert_type(post.get("note"), str | None)
    post["pin"]  # type: ignore[typeddict-item]
    author = post.get("expand", {}).get("author")
    if author is not None:
        assert_type(author, UsersResponse)
        assert_type(author["verified"], bool)
        for other in author.get("expand", {}).get("posts_via_author", []):
            assert_type(other, PostsResponse)
    back = user.get("expand", {}).get("profiles_via_user")
    assert_type(back, ProfilesResponse | None)


least: PostsCreate = {"title": "a", "likes": 1, "status": "draft", "author": "b"}
more: PostsCreate = {**least, "pin": "a", "tags": ["a"], "level": "", "slug:autogenerate": ""}
missing: PostsCreate = {"title": "a"}  # type: ignore[typeddict-item]
level: PostsLevelOptions = "low"
change: PostsUpdate = {"likes+": 1, "+tags": "a", "tags-": ["b"], "cover": None, "level": level}
unknown: PostsUpdate = {"nope": 1}  # type: ignore[typeddict-unknown-key]
choice: PostsUpdate = {"status": ""}  # type: ignore[typeddict-item]
"""


def test_the_module_passes_mypy(typegen, tmp_path):
    (tmp_path / "records_types.py").write_text(typegen("--python"))
    (tmp_path / "use.py").write_text(USE)
    options = ["--strict", "--python-version", "3.11", "--config-file=", "--no-error-summary"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "use.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


def test_the_module_is_python(typegen):
    text = typegen("--python")
    ast.parse(text)
    module: dict[str, object] = {}
    exec(text, module)
    update = module["PostsUpdate"]
    assert "likes+" in update.__annotations__
    assert module["N4everRecord"].__annotations__.keys() == {"id", "post"}
    assert {"PostTagsRecord", "PostTags2Record"} <= module.keys()


def test_a_language_and_a_place_to_write_are_needed(typegen):
    with pytest.raises(
        CommandError, match="one of the arguments --typescript --python is required"
    ):
        typegen()
    with pytest.raises(CommandError, match=r"cannot write /nowhere/types\.ts: No such file"):
        typegen("--typescript", "--out", "/nowhere/types.ts")
