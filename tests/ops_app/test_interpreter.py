"""Which builds of Python are taken for slow ones: variables as real builds have them."""

import pytest

from ops_app.serving import banner, interpreter
from ops_app.serving.address import Address

PYENV = {
    "CONFIG_ARGS": "'--prefix=/home/ann/.pyenv/versions/3.11.7' '--enable-shared'",
    "PGO_PROF_USE_FLAG": "-fprofile-use -fprofile-correction",
}
DOCKER = {
    "CONFIG_ARGS": "'--build=x86_64-linux-gnu' '--enable-optimizations' '--enable-shared'",
    "PGO_PROF_USE_FLAG": "-fprofile-use -fprofile-correction",
}
DEBIAN = {"CONFIG_ARGS": "'--enable-shared' '--prefix=/usr'", "PGO_PROF_USE_FLAG": ""}
WINDOWS: dict[str, str] = {}


@pytest.mark.parametrize(
    ("build", "is_optimised"), [(PYENV, False), (DOCKER, True), (DEBIAN, True), (WINDOWS, True)]
)
def test_builds(build, is_optimised):
    assert interpreter.is_optimised(build) is is_optimised


@pytest.mark.parametrize("is_optimised", [True, False])
def test_server_tells_of_a_slow_one(is_optimised, monkeypatch):
    monkeypatch.setattr(interpreter, "is_optimised", lambda: is_optimised)
    told = banner.greeting(Address("127.0.0.1", 8090), None)
    assert (interpreter.HINT in told) is not is_optimised
