import orjson
import pytest

from tests.collections_app.fields.making import REQUIRED, error_of, made


@pytest.mark.parametrize(
    ("raw", "lon", "lat"),
    [
        ({"lon": 1, "lat": 2}, 1, 2),
        ({"lon": 1.5, "lat": -2.0, "x": 3}, 1.5, -2),
        ({"lon": 1}, 1, 0),
        ({"lon": None, "lat": 2}, 0, 2),
        ('{"lon":1,"lat":2}', 1, 2),
        ({}, 0, 0),
        ({"lon": "1", "lat": "2"}, 0, 0),
        ({"Lon": 1, "Lat": 2}, 0, 0),
        ([1, 2], 0, 0),
        ("text", 0, 0),
        (5, 0, 0),
        (None, 0, 0),
        ("", 0, 0),
    ],
)
def test_prepare(raw, lon, lat):
    assert made("geoPoint").prepare(raw) == {"lon": lon, "lat": lat}


@pytest.mark.parametrize(
    ("lon", "lat", "error"),
    [
        (180, 90, None),
        (-180, -90, None),
        (
            181,
            91,
            {
                "code": "validation_invalid_latitude",
                "message": "Latitude must be between -90 and 90 degrees.",
            },
        ),
        (
            -180.0001,
            0,
            {
                "code": "validation_invalid_longitude",
                "message": "Longitude must be between -180 and 180 degrees.",
            },
        ),
    ],
)
def test_validate(lon, lat, error):
    assert error_of(made("geoPoint"), {"lon": lon, "lat": lat}) == error


def test_null_island_is_blank():
    assert error_of(made("geoPoint"), {"lon": 0, "lat": 0}) is None
    assert error_of(made("geoPoint", required=True), {"lon": 0, "lat": 0}) == REQUIRED
    assert error_of(made("geoPoint", required=True), {"lon": 0, "lat": 1}) is None


def test_stored_and_shown():
    field = made("geoPoint")
    value = field.prepare({"lat": 1e-7, "lon": 5.0})
    assert field.to_stored(value) == '{"lon":5,"lat":1e-7}'
    assert orjson.dumps(field.to_public(value)) == b'{"lon":5,"lat":1e-7}'
    assert field.from_stored('{"lon":5,"lat":1e-7}') == value


def test_each_zero_is_its_own():
    field = made("geoPoint")
    field.zero()["lon"] = 5
    assert field.zero() == {"lon": 0, "lat": 0}
