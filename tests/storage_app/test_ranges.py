"""Ranges and conditions, as Go's ``http.ServeContent`` reads them."""

import pytest
from django.utils.http import http_date

from storage_app import ranges
from storage_app.ranges import BadRange, NoOverlap, Range, Verdict

CHANGED = 1_700_000_000
THEN, BEFORE, AFTER = http_date(CHANGED), http_date(CHANGED - 1), http_date(CHANGED + 1)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("bytes=", []),
        ("bytes=0-3", [Range(0, 4)]),
        ("bytes=0-0", [Range(0, 1)]),
        ("bytes=5-", [Range(5, 95)]),
        ("bytes=-5", [Range(95, 5)]),
        ("bytes=-500", [Range(0, 100)]),
        ("bytes=90-500", [Range(90, 10)]),
        ("bytes= 1 - 2 , 4-5", [Range(1, 2), Range(4, 2)]),
        ("bytes=0-1,500-600", [Range(0, 2)]),
        ("bytes=0-1,,2-3", [Range(0, 2), Range(2, 2)]),
    ],
)
def test_parse(header, expected):
    assert ranges.parse(header, 100) == expected


@pytest.mark.parametrize(
    "header",
    ["items=0-1", "bytes=abc", "bytes=5-2", "bytes=-", "bytes=--5", "bytes=1", "bytes=1-x"],
)
def test_unreadable(header):
    with pytest.raises(BadRange):
        ranges.parse(header, 100)


def test_nothing_overlaps():
    with pytest.raises(NoOverlap):
        ranges.parse("bytes=100-,200-300", 100)


@pytest.mark.parametrize(
    ("_case", "headers", "expected"),
    [
        ("plain", {"Range": "bytes=0-3"}, [Range(0, 4)]),
        ("more than all", {"Range": "bytes=0-,0-"}, []),
        ("unchanged", {"Range": "bytes=0-3", "If-Range": THEN}, [Range(0, 4)]),
        ("changed", {"Range": "bytes=0-3", "If-Range": BEFORE}, []),
        ("etag", {"Range": "bytes=0-3", "If-Range": '"x"'}, []),
    ],
)
def test_wanted(_case, headers, expected):
    assert ranges.wanted(headers, 100, CHANGED) == expected


def test_range_of_an_empty_file_is_all_of_it():
    assert ranges.wanted({"Range": "bytes=0-10"}, 0, CHANGED) == []


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({}, Verdict.SEND),
        ({"If-Modified-Since": THEN}, Verdict.NOT_MODIFIED),
        ({"If-Modified-Since": AFTER}, Verdict.NOT_MODIFIED),
        ({"If-Modified-Since": BEFORE}, Verdict.SEND),
        ({"If-Modified-Since": "yesterday"}, Verdict.SEND),
        ({"If-None-Match": "*"}, Verdict.NOT_MODIFIED),
        ({"If-None-Match": '"x"', "If-Modified-Since": THEN}, Verdict.SEND),
        ({"If-Unmodified-Since": BEFORE}, Verdict.FAILED),
        ({"If-Unmodified-Since": THEN}, Verdict.SEND),
        ({"If-Match": '"x"'}, Verdict.FAILED),
        ({"If-Match": "*"}, Verdict.SEND),
        ({"If-Match": "*", "If-Unmodified-Since": BEFORE}, Verdict.SEND),
    ],
)
def test_judge(headers, verdict):
    assert ranges.judge(headers, CHANGED) is verdict
