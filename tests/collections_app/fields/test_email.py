import pytest

from collections_app.fields import formats
from tests.collections_app.fields.making import REQUIRED, code_of, error_of, made, option_errors

ACCEPTED = [
    "a@b.c",
    "A@B.COM",
    "a.b+c@d-e.fg",
    "a'b@c.co",
    "ü@ü.co",
    "a@b_c.co",
    "a@b.co.",
    "test@例え.jp",
    "a" * 65 + "@b.co",
    "a@b..c.co",
    "a@1.c",
    "a@b-.c.d",
    '"a"@c.co',
    "a!#$%&'*+/=?^_`{|}~-@b.co",
]
REFUSED = [
    "a@b",
    "a@localhost",
    "a@1.2.3.4",
    "a@[1.2.3.4]",
    "a@b.c1",
    "a@b.123",
    "a..b@c.co",
    ".a@b.co",
    "a.@b.co",
    '"a b"@c.co',
    '"ab"@c.co',
    "name <a@b.c>",
    "a@b-.co",
    " a@b.co",
    "a@b.co ",
    "a@b.co\n",
    "a@@b.co",
    "a@b@c.co",
    "@b.co",
    "a@",
    "a@.co",
    "a@a.b.-aba",
    "a@b.co..",
    "😀@b.co",
    "x",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_is_email(text):
    assert formats.is_email(text)


@pytest.mark.parametrize("text", REFUSED)
def test_is_no_email(text):
    assert not formats.is_email(text)


def test_long_texts_are_judged_at_once():
    assert not formats.is_email("a@" + "a." * 200_000 + "!")
    assert not formats.is_email('"\t' * 200_000 + "@a.co")


@pytest.mark.parametrize(
    "text",
    ["a.co", "A.CO", "a.c", "xn--a.co", "a--b.co", "1.co", "a.b.co", "a" * 63 + ".co"],
)
def test_is_domain(text):
    assert formats.is_domain(text)


@pytest.mark.parametrize(
    "text",
    [
        "localhost",
        "a_b.co",
        "1.2.3.4",
        "a.co:80",
        "*.a.co",
        "é.co",
        "a.é",
        "a.co.",
        "a.c1",
        "a.xn--p1ai",
        "-a.co",
        "a-.co",
        "a..co",
        " a.co",
        "a.co\n",
        "a" * 64 + ".co",
        "a." + "b" * 64,
        ("a" * 60 + ".") * 4 + "commaaaaaaaaa",
    ],
)
def test_is_no_domain(text):
    assert not formats.is_domain(text)


def test_validate():
    assert error_of(made("email", required=True), "") == REQUIRED
    assert error_of(made("email"), "") is None
    assert error_of(made("email"), "a@b") == {
        "code": "validation_is_email",
        "message": "Must be a valid email address.",
    }


@pytest.mark.parametrize(
    ("options", "value", "code"),
    [
        ({"onlyDomains": ["a.co"]}, "x@a.co", None),
        ({"onlyDomains": ["a.co"]}, "x@A.co", "validation_email_domain_not_allowed"),
        ({"onlyDomains": ["a.co"]}, "x@b.a.co", "validation_email_domain_not_allowed"),
        ({"exceptDomains": ["a.co"]}, "x@a.co", "validation_email_domain_not_allowed"),
        ({"exceptDomains": ["a.co"]}, "x@A.co", None),
    ],
)
def test_domain_lists(options, value, code):
    assert code_of(made("email", **options), value) == code


@pytest.mark.parametrize("type_name", ["email", "url"])
def test_check_options(type_name):
    blank = {"code": "validation_empty", "message": "Must be blank."}
    domain = {"code": "validation_is_domain", "message": "Must be a valid domain."}
    both = made(type_name, onlyDomains=["a.co"], exceptDomains=["b.co"])
    assert option_errors(both) == {"onlyDomains": blank, "exceptDomains": blank}
    bad = made(type_name, onlyDomains=["a.co", "localhost", "", "a_b.co"])
    assert option_errors(bad) == {"onlyDomains": {"1": domain, "3": domain}}
