import io

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile
from django.test import RequestFactory

from core_app import multipart
from core_app.multipart import BrokenMultipart

NAMED = b'Content-Disposition: form-data; name="a"'
FILE = b'Content-Disposition: form-data; name="a"; filename="a.txt"'


def part(content, head=NAMED):
    return b"--b\r\n" + head + (b"\r\n\r\n" if head else b"\r\n") + content + b"\r\n"


class Dripping(io.BytesIO):
    """A stream that never gives more than ``most`` bytes at once."""

    def __init__(self, raw, most):
        super().__init__(raw)
        self.most = most

    def read(self, size=-1):
        return super().read(self.most)


def contents(raw, most=1 << 16):
    return [b"".join(content) for _, content in multipart.parts(Dripping(raw, most), b"b")]


def streamed(raw, content_type="multipart/form-data; boundary=b"):
    """A request whose body is a stream, as large ones are."""
    request = RequestFactory().generic("POST", "/", raw, content_type)
    assert not hasattr(request, "_body")
    return request


def texts(raw):
    return multipart.read(streamed(raw))[0]


WHOLE = {
    "one": (part(b"1") + b"--b--", [b"1"]),
    "two, and a line break": (part(b"1") + part(b"2") + b"--b--\r\n", [b"1", b"2"]),
    "empty content": (part(b"") + b"--b--", [b""]),
    "no break between head and mark": (b"--b\r\n" + NAMED + b"\r\n\r\n--b--", [b""]),
    "no head": (part(b"x", b"") + b"--b--", []),
    "no name": (part(b"x", b"Content-Disposition: form-data") + b"--b--", []),
    "something before": (b"preamble\r\n--bx\r\n" + part(b"1") + b"--b--", [b"1"]),
    "something after": (part(b"1") + b"--b--\r\n" + part(b"2") + b"--b--", [b"1"]),
    "blanks after a mark": (part(b"1").replace(b"--b", b"--b \t") + b"--b-- \t", [b"1"]),
    "marks in the content": (part(b"x--b--b\r\n-\r\n--\r\n--a\r\n--bx") + b"--b--", None),
    "nearly marks": (part(b"\r\n--" * 5000) + b"--b--", [b"\r\n--" * 5000]),
    "ends behind a mark": (part(b"1") + b"--b\r\n", [b"1"]),
    "a tab in a head": (part(b"1", NAMED + b"\r\nX:\ta\tb\t") + b"--b--", [b"1"]),
    "ends in a line of a head": (part(b"1") + b"--b\r\n" + NAMED, [b"1"]),
    "ends in a head": (part(b"1") + b"--b\r\n" + NAMED + b"\r\n", [b"1"]),
    "line feeds alone": (part(b"1\n2").replace(b"\r\n", b"\n") + b"--b--\n", [b"1\n2"]),
    "folded head": (part(b"1", NAMED.replace(b"; ", b";\r\n ")) + b"--b--", [b"1"]),
    "long head": (part(b"1", b"X: " + b"x" * 100_000 + b"\r\n" + NAMED) + b"--b--", [b"1"]),
    "base64 is not decoded": (
        part(b"eA==", b"Content-Transfer-Encoding: base64\r\n" + NAMED) + b"--b--",
        [b"eA=="],
    ),
    "quoted-printable is": (
        part(b"=41=\r\nx", b"Content-Transfer-Encoding: quoted-printable\r\n" + NAMED) + b"--b--",
        [b"Ax"],
    ),
    "no part": (b"--b--", []),
}


@pytest.mark.parametrize("most", [1, 2, 3, 7, 1 << 16])
@pytest.mark.parametrize("case", WHOLE)
def test_whole(case, most):
    raw, expected = WHOLE[case]
    assert contents(raw, most) == (
        expected or [b"x--b--b\r\n-\r\n--\r\n--a\r\n--bx"] * (expected is None)
    )


BROKEN = {
    "half a line break in a head": part(b"1") + b"--b\r\n" + NAMED + b"\r",
    "a control character in a head": part(b"1", NAMED + b"\r\nX: \x01") + b"--b--",
    "a carriage return in a head": part(b"1", NAMED + b"\r\nX: a\rb") + b"--b--",
    "a carriage return in a folded head": part(b"1", NAMED + b"\r\n \rX: y") + b"--b--",
    "nothing": b"",
    "no mark": b"x",
    "another mark": b"--a--",
    "no end": part(b"1"),
    "no end of content": part(b"1").removesuffix(b"\r\n"),
    "half an end": part(b"1") + b"--b-",
    "a mark without a line break": part(b"1") + b"--b",
    "something behind the end": part(b"1") + b"--b--x\r\n",
    "no end of an empty head": b"--b\r\n\r\n",
    "no colon": part(b"1", b"broken") + b"--b--",
    "no colon in the second line": part(b"1", NAMED + b"\r\nbroken") + b"--b--",
    "no name of a header": part(b"1", b": x\r\n" + NAMED) + b"--b--",
    "a header that is not ASCII": part(b"1", "é: x\r\n".encode() + NAMED) + b"--b--",
    "a head that begins with a blank": part(b"1", b" " + NAMED) + b"--b--",
    "endless head": part(b"1", b"X: " + b"x" * (2 << 20)) + b"--b--",
    "endless heads": part(b"1", b"X: x\r\n" * 600_000 + NAMED) + b"--b--",
    "too many parts": part(b"1") * 1001 + b"--b--",
}  # fmt: skip


@pytest.mark.parametrize("most", [7, 1 << 16])
@pytest.mark.parametrize("case", BROKEN)
def test_broken(case, most):
    with pytest.raises(BrokenMultipart):
        contents(BROKEN[case], most)


def test_held_and_streamed_alike():
    raw = part(b"1") + part(b"2", b"broken") + b"--b--"
    held = streamed(raw)
    assert held.body == raw
    for request in (held, streamed(raw)):
        with pytest.raises(BrokenMultipart, match="without its head"):
            multipart.read(request)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=ü",
        "multipart/form-data; boundary",
        "multipart/form-datax; boundary=b",
        "multipart/mixed; boundary=b",
    ],
)
def test_boundary_that_is_none(content_type):
    with pytest.raises(BrokenMultipart, match="boundary"):
        multipart.read(streamed(b"--b--", content_type))


@pytest.mark.parametrize("boundary", ['"b"', "b; charset=utf-8"])
def test_boundary(boundary):
    request = streamed(part(b"1") + b"--b--", f"multipart/form-data; boundary={boundary}")
    assert multipart.read(request) == ({"a": ["1"]}, {})


@pytest.mark.parametrize(
    ("head", "name", "file_name"),
    [
        ('form-data; name="a"', "a", ""),
        ("Form-Data; NAME=a", "a", ""),
        ('form-data; name=" a "', " a ", ""),
        ('form-data; name="é"', "é", ""),
        ('form-data; name="a"; filename=""', "a", ""),
        ('form-data; name="a"; filename="x.txt"', "a", "x.txt"),
        ('form-data; name="a"; filename="../../x.txt"', "a", "x.txt"),
        ('form-data; name="a"; filename="C:\\x\\y.txt"', "a", "C:\\x\\y.txt"),
        ('form-data; name="a"; filename="a\\"b.txt"', "a", 'a"b.txt'),
        ('form-data; name="a"; filename="a&amp;b.txt"', "a", "a&amp;b.txt"),
        ("form-data; name=a; filename*=UTF-8''%C3%A9.txt", "a", "é.txt"),
        ("form-data; name=a; filename*0=x; filename*1=y.txt", "a", "xy.txt"),
        ('form-data; name="a"; name="a";', "a", ""),
        ('form-data; name="a"; name="b"', "", ""),
        ('form-data; name="a', "", ""),
        ("form-data; name=a; x", "", ""),
        ('attachment; name="a"', "", ""),
        ('form-data; filename="x.txt"', "", ""),
    ],
)
def test_names(head, name, file_name):
    raw = part(b"1", b"Content-Disposition: " + head.encode()) + b"--b--"
    found, files = multipart.read(streamed(raw))
    if file_name:
        assert (found, list(files)) == ({}, [name])
        assert [file.name for file in files[name]] == [file_name]
    else:
        assert (found, files) == ({name: ["1"]} if name else {}, {})


def test_values_of_a_key_come_in_order():
    assert texts(part(b"1") + part("ü".encode()) + part(b"\xff") + b"--b--") == {
        "a": ["1", "ü", "\ufffd"]
    }


@pytest.mark.parametrize(
    ("size", "kind"), [(0, InMemoryUploadedFile), (70_000, TemporaryUploadedFile)]
)
def test_files(size, kind):
    content = bytes(range(256)) * (size // 256)
    raw = part(content, FILE + b"\r\nContent-Type: image/png") + b"--b--"
    [file] = multipart.read(streamed(raw))[1]["a"]
    assert type(file) is kind
    assert (file.read(), file.size, file.content_type) == (content, len(content), "image/png")
    file.close()


def test_too_much_text(monkeypatch):
    monkeypatch.setattr(multipart, "MOST_TEXT_BYTES", 5)
    assert texts(part(b"123") + part(b"45") + b"--b--") == {"a": ["123", "45"]}
    with pytest.raises(BrokenMultipart, match="too much text"):
        texts(part(b"123") + part(b"456") + b"--b--")


def test_files_of_a_broken_body_are_closed(monkeypatch):
    opened = []
    make = multipart._file
    monkeypatch.setattr(multipart, "_file", lambda *args: opened.append(make(*args)) or opened[-1])
    with pytest.raises(BrokenMultipart):
        multipart.read(streamed(part(b"1", FILE) + part(b"x" * 70_000, FILE) + b"--b\r\nx"))
    assert [file.closed for file in opened] == [True, True]


def test_a_large_body_is_not_held(monkeypatch):
    most = 0

    class Endless:
        left = 200

        def read(self, size):
            nonlocal most
            most = max(most, len(reader._held))
            self.left -= 1
            return b"x" * size if self.left > 0 else b"\r\n--b--"

    reader = multipart._Reader(io.BytesIO(b"--b\r\n" + FILE + b"\r\n\r\n"), b"b")
    assert reader.next_head() is not None
    reader._stream = Endless()
    assert sum(map(len, reader.content())) == 199 * multipart.CHUNK
    assert most <= multipart.CHUNK
