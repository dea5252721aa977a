"""Raw values for the parity test, as JSON text, and the fields they are sent to."""

from __future__ import annotations

import json
from collections.abc import Iterable

TAGS = [f"t{n:014d}" for n in range(1, 7)]
TAGS_ID = "paritytags00000"

STRINGS = [
    *("", " ", "a", "ab", "abc", "abcdef", "ABC", "  lead", "trail  ", "\t", "\n", "a\nb"),
    *("null", "true", "false", "True", "TRUE", "tRue", "t", "T", "f", "F", "yes", "no", "on"),
    *("0", "1", "-1", "+1", "00", "007", "1.0", "1.50", "-0", "-0.0", ".5", "5.", "1e3", "1E3"),
    *("1e400", "1_000", "1,5", "0x10", "0x1p4", "0b1", "Infinity", "-Infinity", "inf", "NaN"),
    *("9007199254740993", "12345678901234567890", "é", "e\u0301", "ünïcödé", "日本語", "😀"),
    *("\u200b", "\ufeff", "\u2028", "\u00a0", "ß", "\u0001", "\u007f", "\u0000", "\\", "\\n"),
    *("'", '"', "`", "{}", "[]", '["a"]', '["a","b"]', '["a",', '["a",1]', '{"a":1}', '{"a":'),
    *("[1,2]", '[["a"]]', '"abc"', "<b>x</b>", "../x", "a,b", "d e", "1 ", " 1", "x" * 255),
    *("x" * 5000, "x" * 5001, "é" * 20, "é" * 21, '{"lon":1,"lat":2}', '{"a":1,"a":2}', "01"),
    *('{"b": 1, "a":1.50}', "1 2", '"a\\u0000"', "[1e400]", '"\\ud83d\\ude00"', "null "),
]
DATES = [
    *("2024-01-02", "2024-01-02 03:04:05", "2024-01-02 03:04:05Z", "2024-01-02 03:04:05.6789Z"),
    *("2024-01-02T03:04:05", "2024-01-02T03:04:05.123Z", "2024-01-02T03:04:05+02:00"),
    *("2024-01-02T03:04:05+0200", "2024-01-02 03:04:05 +0200", "2024-01-02 03:04:05 +0200 EET"),
    *("2024-01-02T03:04", "2024-01", "20240102", "2024/01/02", "2024-1-2", "2024-02-30"),
    *("2023-02-29", "2024-02-29", "2024-13-01", "0000-01-01", "0001-01-01", "10000-01-01"),
    *("9999-12-31 23:59:59.999Z", "Tue, 02 Jan 2024 03:04:05 GMT", "Mon Jan  2 15:04:05 2006"),
    *("Tue, 02 Jan 2024 03:04:05 +0100", "Mon Jan 2 15:04:05 MST 2006", "02 Jan 2024", "3:04PM"),
    *("1704164645", "2024-01-02 24:00:00", "2024-01-02 23:59:60", "2019-12-31 23:59:59.999Z"),
    *("2020-01-01", "2024-12-31 23:59:59.999Z", "2025-01-01", "02 Jan 06 15:04 MST"),
    *("Monday, 02-Jan-06 15:04:05 MST", "2024-01-02 03:04:05,123", "2024-01-02T03:04:05+25:00"),
    *("Tue, 02 Jan 2024 03:04:05 GMT+3", "2024-01-02 3:04:05", "02  Jan 2024"),
]
EMAILS = [
    *("a@b.co", "test@example.com", "A@EXAMPLE.COM", "a.b+c@d-e.fg", "ü@ü.co", "a@b_c.co"),
    *("a@b.co.", "test@例え.jp", "a@b", "a@1.2.3.4", "a@b.c1", "a..b@c.co", ".a@b.co", '"a"@c.co'),
    *('"a b"@c.co', "a@b-.co", " a@b.co", "a@b.co ", "a@@b.co", "a@.co", "a@b..co", "a@b--c.co"),
    *("x@example.com", "x@sub.example.com", "a@-b.co", "a\n@b.co", "a@b.co\n", "1@2.co", "a@b.c-d"),
]
URLS = [
    *("http://example.com", "https://example.com/a/b?c=d#e", "example.com", "localhost:80"),
    *("localhost", "127.0.0.1", "http://a", "http://[::1]:80", "http://user:pw@a.co/"),
    *("http://a_b.co", "http://ü.com", "http://a.co:99999", "http://a.co:80", "mailto:a@b.c"),
    *("HTTP://A.CO", "irc://a.co", "tel:123", "javascript:alert(1)", "//a.b", "http://"),
    *("http://a b.co", "http://a..co", "http://-a.co", "http://a-.co", "http://256.1.1.1"),
    *("http://1.2.3", "http://foo.bar.1", "http://a.b-c", "http://a.co/%zz", "http://a.co\n"),
    *("http://.a.co", "http://a.co.", "http://EXAMPLE.com", "http://a.co/ü", "ws://a.co"),
    *("http://a.co?x=y", "http://u@a.co", "https://sub.example.com", "http://0.0.0.0"),
    "http://" + "a" * 2070 + ".co",
    "http://a.co/" + "x" * 2080,
]
#: no ``-0``: our JSON reader takes it for 0
NUMBERS = [
    *("0", "-0.0", "1", "-1", "1.0", "1.5", "10", "-10", "10.5", "10.500000001", "11", "-11"),
    *("1E5", "1e21", "1e-7", "1e-6", "123456789012345678901", "9007199254740991"),
    *("9007199254740993", "-9007199254740993", "0.1", "0.30000000000000004", "5e-324", "1e-400"),
    *("1.7976931348623157e308", "1e400", "1.10", "1e20", "123456.789e3", "0.000001", "1e+5"),
]
JSONS = [
    *("true", "false", "null", "{}", "[]", "[[]]", '{"a":1}', '{"b":1,"a":2}', '{"a":1,"a":2}'),
    *('[1,"2",null,true,1.50]', '{"":1}', '{"ü":"é"}', '{"a":"\\u0000"}', "[1e5]", '"\\ud800"'),
    *('{"lon":1,"lat":2}', '{"lon":"1","lat":"2"}', '{"lon":181,"lat":0}', '{"lon":0,"lat":91}'),
    *('{"lon":180,"lat":-90}', '{"Lon":1,"Lat":2}', '{"lon":1}', '{"lon":1,"lat":2,"x":3}'),
    *('{"lon":null,"lat":2}', '{"lon":1.123456789012345,"lat":-2.5e1}', '{"lon":0,"lat":0}'),
    *('["a"]', '["a","b"]', '["a","a"]', '["a","",null,"b"]', '["b","a","c"]', '["zz"]', "[1]"),
    *("[true]", '[["a"]]', '[{"a":1}]', '["a",["b"]]', '{"0":"a"}', "[null]", '[""]', "01"),
    *("NaN", "'a'", "[1,]", "{a:1}", '{"a":{"b":[1,2,{"c":null}]}}', "[9007199254740993,1e21]"),
]
PASSWORDS = [
    *("", "a", "ab", "abc", "abcdefghij", "abcdefghijk", "ABC", "x" * 71, "x" * 72, "x" * 73),
    *("é" * 36, "é" * 37, "$2a$10$abcdefghijklmnopqrstuv", "a b"),
]
RELATIONS = [TAGS[0], TAGS[:2], TAGS[:5], ["missing00000000"], [TAGS[0], "x"], [TAGS[1]] * 2]
IDS = [
    'é>< :"x',
    *("abcdefghijklmno", "ABCDEFGHIJKLMNO", "abc", "abcdefghijklmnop", "abcdefghijklmn-", " "),
    *("é" * 15, "con", "CON", "aux", "a.b", "a/b", "a'b", "a<b", "a%b", "a\nb", "12345", "lpt1"),
    *("_x", "-x", "x" * 100, "com9", "ok1", "OK1", "a b", "@x", "null", "0"),
]


def _texts(values: Iterable[object]) -> list[str]:
    return [json.dumps(value, ensure_ascii=False) for value in values]


GENERAL = [
    *_texts([*STRINGS, *DATES, *EMAILS, *URLS, *NUMBERS, *JSONS, *RELATIONS]),
    *NUMBERS,
    *JSONS,
]
LETTERS = ["a", "b", "c", "d e", "é", "1", "true"]
ID = {"id": "text3208210256", "primaryKey": True, "required": True, "system": True}

#: variant -> type, options, values
FIELDS: dict[str, tuple[str, dict[str, object], list[str]]] = {
    "text": ("text", {}, GENERAL),
    "text_min": ("text", {"min": 3, "max": 5, "required": True}, GENERAL),
    "text_pattern": ("text", {"pattern": r"^[a-z]+$|\d\s"}, GENERAL),
    "text_auto": ("text", {"autogeneratePattern": "[x]{5}"}, GENERAL),
    "number": ("number", {}, GENERAL),
    "number_int": ("number", {"onlyInt": True, "required": True}, GENERAL),
    "number_range": ("number", {"min": -10, "max": 10.5}, GENERAL),
    "bool": ("bool", {}, GENERAL),
    "bool_required": ("bool", {"required": True}, GENERAL),
    "email": ("email", {}, GENERAL),
    "email_only": ("email", {"onlyDomains": ["example.com", "b.co"], "required": True}, GENERAL),
    "url": ("url", {}, GENERAL),
    "url_except": ("url", {"exceptDomains": ["example.com", "a.co"]}, _texts(URLS)),
    "editor": ("editor", {"maxSize": 20}, GENERAL),
    "date": ("date", {}, GENERAL),
    "date_range": (
        "date",
        {"min": "2020-01-01", "max": "2024-12-31 23:59:59.999Z", "required": True},
        GENERAL,
    ),
    "select": ("select", {"values": LETTERS}, GENERAL),
    "select_required": ("select", {"values": ["a", "b"], "required": True}, GENERAL),
    "select_many": ("select", {"values": LETTERS, "maxSelect": 2}, GENERAL),
    "relation": ("relation", {"collectionId": TAGS_ID}, GENERAL),
    "relation_many": (
        "relation",
        {"collectionId": TAGS_ID, "maxSelect": 4, "minSelect": 2, "required": True},
        GENERAL,
    ),
    "json": ("json", {}, GENERAL),
    "json_number": ("json", {}, _texts(NUMBERS)),
    "json_small": ("json", {"maxSize": 20, "required": True}, GENERAL),
    "geo": ("geoPoint", {}, GENERAL),
    "geo_required": ("geoPoint", {"required": True}, GENERAL),
    "password": ("password", {"cost": 4}, _texts(PASSWORDS)),
    "password_strict": (
        "password",
        {"cost": 4, "min": 3, "max": 10, "pattern": "^[a-z0-9]*$", "required": True},
        _texts([*PASSWORDS, *STRINGS[:40], 5, True, None, ["abc"]]),
    ),
    "id_default": ("text", {}, _texts(IDS)),
    "id_of_any_length": (
        "text",
        {**ID, "pattern": "^[a-z0-9]+$", "min": 0, "max": 0},
        _texts([*IDS, "prn", "nul", "com1"]),
    ),
    "id_custom": ("text", {**ID, "pattern": ".", "min": 0, "max": 0}, _texts(IDS)),
}

#: bodies of an update by variant, the stored value being what the first one says
UPDATES: dict[str, tuple[str, list[str]]] = {
    "number": (
        '{"v":5}',
        ['{"v+":1}', '{"v-":"2.5"}', '{"v":10,"v+":1,"v-":3}', '{"+v":1}', '{"v+":"abc"}', "{}"],
    ),
    "text_auto": ('{"v":"abc"}', ['{"v:autogenerate":"p-"}', '{"v":""}', '{"v+":"x"}']),
    "select": ('{"v":"a"}', ['{"v+":"b"}', '{"v-":"a"}', '{"v-":"zz"}', '{"+v":"b"}', '{"v":[]}']),
    "select_many": (
        '{"v":["a","b"]}',
        ['{"v+":"a"}', '{"v+":"c"}', '{"v-":["b","x"]}', '{"+v":["b"]}', '{"v":null,"v+":"c"}'],
    ),
    "relation_many": (
        json.dumps({"v": TAGS[:3]}),
        [json.dumps({key: TAGS[at]}) for key in ("v+", "+v", "v-", "v") for at in (1, 4)],
    ),
    "json": ('{"v":{"a":1}}', ['{"v+":1}', '{"v":"{\\"b\\": 1}"}', '{"v":null}', "{}"]),
    "json_number": ('{"v":12345678901234567890}', ["{}", '{"v":"1e5"}', '{"v":1e-7}', "{}"]),
    "geo": ('{"v":{"lon":1,"lat":2}}', ['{"v":"x"}', '{"v":{"lon":3}}', "{}"]),
    "date": ('{"v":"2024-01-02"}', ['{"v":"nope"}', "{}"]),
}
