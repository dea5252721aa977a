"""Paths -> views by looking up segments, instead of trying one pattern after the other.

An ordinary ``URLResolver`` for everyone else (``reverse``, checks, the test client). A literal
segment goes before a parameter, whatever the order of the patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
from django.urls.converters import StringConverter
from django.urls.resolvers import RoutePattern

Found = tuple[Callable[..., Any], dict[str, str]]


class UnsuitablePattern(TypeError):
    """A pattern has something else than literal segments and whole-segment ``<str:…>``."""


class RouteTable(URLResolver):
    """Patterns made by ``path()``, each segment a literal or a ``<str:name>``."""

    def __init__(self, patterns: Iterable[URLPattern]) -> None:
        patterns = list(patterns)
        super().__init__(RoutePattern(""), patterns)
        self._root = _Node()
        for pattern in patterns:
            self._root.add(str(pattern.pattern).split("/"), (), pattern)

    def find(self, path: str) -> Found | None:
        """Return the view for ``path`` (without its first slash) and its arguments."""
        return self._root.find(path.split("/"), 0, ())

    def find_encoded(self, path: str) -> Found | None:
        """Return the view for a path still encoded: ``a%2Fb`` is one segment."""
        return self._root.find([unquote(segment) for segment in path.split("/")], 0, ())

    def resolve(self, path: str) -> ResolverMatch:
        """Return what Django wants to know of a match. Raise ``Resolver404``."""
        found = self.find(path)
        if found is None:
            raise Resolver404({"path": path})
        view, kwargs = found
        return ResolverMatch(view, (), kwargs, route=path, captured_kwargs=kwargs, extra_kwargs={})


class _Node:
    """What may follow after some segments: literals, one parameter, or the end."""

    __slots__ = ("literals", "names", "parameter", "view")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.view: Callable[..., Any] | None = None
        self.names: tuple[str, ...] = ()

    def add(self, segments: list[str], names: tuple[str, ...], pattern: URLPattern) -> None:
        if not segments:
            if self.view is None:
                self.view, self.names = pattern.callback, names
            return
        first, *rest = segments
        if not first.startswith("<"):
            if "<" in first:
                raise UnsuitablePattern(str(pattern.pattern))
            self.literals.setdefault(first, _Node()).add(rest, names, pattern)
            return
        name = first[1:-1].rpartition(":")[2]
        if not first.endswith(">") or not _takes_text(pattern, name):
            raise UnsuitablePattern(str(pattern.pattern))
        if self.parameter is None:
            self.parameter = _Node()
        self.parameter.add(rest, (*names, name), pattern)

    def find(self, segments: list[str], at: int, values: tuple[str, ...]) -> Found | None:
        if at == len(segments):
            if self.view is None:
                return None
            return self.view, dict(zip(self.names, values, strict=True))
        segment = segments[at]
        literal = self.literals.get(segment)
        if literal is not None:
            found = literal.find(segments, at + 1, values)
            if found is not None:
                return found
        if self.parameter is None or not segment:
            return None
        return self.parameter.find(segments, at + 1, (*values, segment))


def _takes_text(pattern: URLPattern, name: str) -> bool:
    return type(pattern.pattern.converters.get(name)) is StringConverter
