import pytest

from tests.collections_app.fields.making import REQUIRED, error_of, made


@pytest.mark.parametrize(("raw", "value"), [(True, True), ("t", True), (2, True), ("on", False)])
def test_prepare(raw, value):
    assert made("bool").prepare(raw) is value


def test_required_means_true():
    assert error_of(made("bool", required=True), False) == REQUIRED
    assert error_of(made("bool", required=True), True) is None
    assert error_of(made("bool"), False) is None


def test_stored_as_a_digit():
    field = made("bool")
    assert (field.to_stored(True), field.to_stored(False)) == (1, 0)
    assert (field.from_stored(1), field.from_stored(0)) == (True, False)


@pytest.mark.parametrize(
    ("stored", "value"),
    [(2, False), (-1, False), (1.0, True), (True, True), ("1", True), ("no", False), (None, False)],
)
def test_a_column_of_a_view_may_hold_anything(stored, value):
    assert made("bool").from_stored(stored) is value
