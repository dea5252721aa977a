"""Texts recorded from PocketBase 0.40.6."""

from __future__ import annotations

import pytest

from core_app.html_text import excerpt, text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a &amp; b&nbsp;c &lt;x&gt;", "a & b\xa0c <x>"),
        ("<p>a</p><p>b</p>", "a b"),
        ("<p> a </p> <p> b</p>", "a b"),
        ("a\n\n b\t c", "a b c"),
        ("<b>a</b> <i>b</i>", "a b"),
        ("a<b>b</b>c", "abc"),
        ("a<tt>b</tt>c", "a b c"),
        ("a<!-- x -->b", "ab"),
        ("<div>a<div>b</div></div>c", "a b c"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<p>a<br>b<br/>c</p>", "abc"),
        ("a<hr>b", "a b"),
        ("a<img src=x>b", "ab"),
        ("x</p>y", "x y"),
        ("x</div>y", "xy"),
        ("&copy; &#65; &bogus; &amp", "© A &bogus; &"),
        ("<script>x<b></script>y", "y"),
        ("a<unclosed", "a"),
        ("a<b href='x'", "a"),
        ("a<!-- x", "a"),
        ("a </", "a </"),
        ("a </b", "a"),
        ("a < b", "a < b"),
        ("<style>p{}</style>z", "z"),
        ("<svg><text>in</text></svg>o", "o"),
        ("<form>f<input value=1>g</form>h", "h"),
        ("<table><tr><td>a<td>b</table>", "a b"),
        ("a<td>b</td>c", "abc"),
        ("<html><head><title>t</title></head><body>x</body></html>", "x"),
        ("<P>A</P>B", "A B"),
        ("   ", ""),
    ],
)
def test_text(html, text):
    assert text_of(html) == text


@pytest.mark.parametrize(
    ("html", "length", "text"),
    [
        ("<p>hello world</p>", 6, "hello..."),
        ("hello", 5, "hello"),
        ("hello &amp; x", 7, "hello &..."),
        ("a<p>b</p>", 2, "a..."),
        ("ééé", 2, "éé..."),
    ],
)
def test_excerpt(html, length, text):
    assert excerpt(html, length, with_ellipsis=True) == text
    assert excerpt(html, length) == text.removesuffix("...")
