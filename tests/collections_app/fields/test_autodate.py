import re

import pytest

from tests.collections_app.fields.making import made, option_errors

NEITHER = {
    "code": "validation_required",
    "message": "Either onCreate or onUpdate must be enabled.",
}
MISMATCH = {"code": "validation_values_mismatch", "message": "Values don't match."}
WIRE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")


def test_check_options():
    assert option_errors(made("autodate")) == {"onCreate": NEITHER, "onUpdate": NEITHER}
    assert option_errors(made("autodate", onUpdate=True)) == {}


def test_flags_of_a_system_field_stay():
    before = made("autodate", system=True, onCreate=True)
    after = made("autodate", system=True, onCreate=False, onUpdate=True)
    assert option_errors(after, before) == {"onCreate": MISMATCH, "onUpdate": MISMATCH}
    assert option_errors(before, before) == {}
    assert option_errors(made("autodate", onUpdate=True), before) == {}


@pytest.mark.parametrize(
    ("options", "on_create", "on_update"),
    [
        ({"onCreate": True}, True, False),
        ({"onUpdate": True}, False, True),
        ({"onCreate": True, "onUpdate": True}, True, True),
    ],
)
def test_now(options, on_create, on_update):
    field = made("autodate", **options)
    assert bool(WIRE.fullmatch(field.now(is_new=True, current="kept"))) is on_create
    assert bool(WIRE.fullmatch(field.now(is_new=False, current="kept"))) is on_update


def test_is_automatic():
    assert made("autodate", onCreate=True).is_automatic
    assert not made("date").is_automatic
