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
        return self._find(path.split("/"))

    def find_encoded(self, path: str) -> Found | None:
        """Return the view for a path still encoded: ``a%2Fb`` is one segment."""
        return self._find([unquote(segment) for segment in path.split("/")])

    def resolve(self, path: str) -> ResolverMatch:
        """Return what Django wants to know of a match. Raise ``Resolver404``."""
        found = self.find(path)
        if found is None:
            raise Resolver404({"path": path})
        view, kwargs = found
        return ResolverMatch(view, (), kwargs, route=path, captured_kwargs=kwargs, extra_kwargs={})

    def _find(self, segments: list[str]) -> Found | None:
        # where to go on: besides the root, parameters passed over for a literal
        starts: list[tuple[_Node, int, tuple[str, ...]]] = [(self._root, 0, ())]
        while starts:
            node, start, values = starts.pop()
            for at, segment in enumerate(segments[start:], start + 1):
                parameter = node.parameter if segment else None
                if segment in node.literals:
                    if parameter is not None:
                        starts.append((parameter, at, (*values, segment)))
                    node = node.literals[segment]
                elif parameter is not None:
                    node, values = parameter, (*values, segment)
                else:
                    break
            else:
                if node.view is not None:
                    return node.view, dict(zip(node.names, values, strict=True))
        return None


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


def _takes_text(pattern: URLPattern, name: str) -> bool:
    return type(pattern.pattern.converters.get(name)) is StringConverter
