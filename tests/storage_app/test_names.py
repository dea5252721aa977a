"""Stored names."""

import re

import pytest

from storage_app import names

RANDOM = "[a-z0-9]{10}"


def sniffed():
    return ".txt"


@pytest.mark.parametrize(
    ("original", "pattern"),
    [
        ("My Photo (1).JPG", rf"my_photo_1_{RANDOM}\.JPG"),
        ("a.png", rf"a{RANDOM}_{RANDOM}\.png"),
        ("日本.txt", rf"{RANDOM}_{RANDOM}\.txt"),
        ("HTTPServerError.txt", rf"httpserver_error_{RANDOM}\.txt"),
        ("a1B2c3.txt", rf"a1_b2c3_{RANDOM}\.txt"),
        ("Ünïcödé ñame.txt", rf"n_c_d_ame_{RANDOM}\.txt"),
        ("archive.tar.gz", rf"archive_{RANDOM}\.tar\.gz"),
        ("a_b-c.d.txt", rf"a_b_c_{RANDOM}\.d\.txt"),
        ("a.b.c.d", rf"a_b_{RANDOM}\.c\.d"),
        (".htaccess", rf"{RANDOM}_{RANDOM}\.htaccess"),
        ("..a..", rf"a{RANDOM}_{RANDOM}\.txt"),
        ("noext", rf"noext_{RANDOM}\.txt"),
        ("", rf"{RANDOM}_{RANDOM}\.txt"),
        ("a" * 200 + ".txt", rf"a{{100}}_{RANDOM}\.txt"),
        ("x" * 400 + ".bin", rf"x{{100}}_{RANDOM}\.bin"),
        ("é" * 400 + ".bin", rf"{RANDOM}_{RANDOM}\.bin"),
        ("a." + "e" * 40, rf"a{RANDOM}_{RANDOM}\.e{{20}}"),
        ("a/b.txt", rf"b{RANDOM}_{RANDOM}\.txt"),
        ("dir\\file.txt", rf"dir_file_{RANDOM}\.txt"),
        ("a..b", rf"a{RANDOM}_{RANDOM}\.b"),
        (".hidden.txt", rf"{RANDOM}_{RANDOM}\.hidden\.txt"),
        ("...", rf"{RANDOM}_{RANDOM}\.txt"),
        ("tést.ñé", rf"t_st_{RANDOM}\.txt"),
        ("x.a b c", rf"x{RANDOM}_{RANDOM}\.abc"),
        ("xyz.A-B+C=D#*", rf"xyz_{RANDOM}\.A-B\+C=D#\*"),
        ("name with.dots.in.it", rf"name_with_dots_{RANDOM}\.in\.it"),
        ("fooBarBAZqux.tar.GZ", rf"foo_bar_bazqux_{RANDOM}\.tar\.GZ"),
        ("aBC", rf"a_bc_{RANDOM}\.txt"),
        ("a__b--c.png", rf"a_b_c_{RANDOM}\.png"),
        ("-_-.txt", rf"{RANDOM}_{RANDOM}\.txt"),
        (" lead.txt ", rf"lead_{RANDOM}\.txt"),
        ("İstanbul.txt", rf"stanbul_{RANDOM}\.txt"),
        ("photo.jpeg?x=1", rf"photo_{RANDOM}\.jpegx=1"),
        ("q.(x)", rf"q{RANDOM}_{RANDOM}\.x"),
    ],
)
def test_stored_name(original, pattern):
    assert re.fullmatch(pattern, names.stored_name(original, sniffed))


def test_every_name_is_new():
    assert len({names.stored_name("a.txt", sniffed) for _ in range(100)}) == 100


def test_extension_may_stay_empty():
    assert re.fullmatch(f"noext_{RANDOM}", names.stored_name("noext", lambda: ""))


@pytest.mark.pocketbase
@pytest.mark.parametrize(
    "original", ["a b.JPG", "..a..", "ABc.D", "x.tar.gz", "fooBarBAZ", "q.(x)"]
)
def test_as_pocketbase(pocketbase, original):
    fields = [{"type": "file", "name": "file"}]
    pocketbase.http.post("/api/collections", json={"name": "named", "fields": fields})
    sent = {"file": (original, b"hello")}
    theirs = pocketbase.http.post("/api/collections/named/records", files=sent).json()["file"]
    ours = names.stored_name(original, sniffed)
    assert len(theirs) == len(ours)
    assert without_random(theirs) == without_random(ours)


def without_random(name):
    head, _, tail = name.partition("_") if name.count("_") == 1 else name.rpartition("_")
    return head[:-10] if len(head) > 10 else head, tail[10:]
