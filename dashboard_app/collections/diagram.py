"""A picture of all collections and the relations between them, drawn on the server as SVG.

Collections that refer to each other stand close: columns are filled along the relations. The same
is told in words beside the picture, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.contrib.admin.utils import quote
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from dashboard_app.tools import page

WIDTH, GAP_X, GAP_Y = 210, 90, 26
HEAD, LINE = 30, 19
#: of a name, in characters; more are cut
MOST_LETTERS = 25
#: fields that a box shows
MOST_FIELDS = 14


@dataclass(frozen=True, slots=True)
class Relation:
    """One field that refers to records of another collection."""

    source: str
    field: str
    target: str
    is_multiple: bool
    cascades: bool

    @property
    def says(self) -> str:
        """Return how many it holds, and what becomes of them."""
        many = "several" if self.is_multiple else "one"
        return f"{many}, deleted with it" if self.cascades else many


@dataclass(slots=True)
class Box:
    """A collection in the picture: where it stands, in units of the SVG."""

    collection: CollectionDef
    x: int = 0
    y: int = 0
    rows: list[tuple[str, str, int]] = field(default_factory=list)  # name, type, baseline

    @property
    def url(self) -> str:
        return reverse("admin:collections_app_collection_change", args=(quote(self.collection.id),))

    @property
    def name(self) -> str:
        return _cut(self.collection.name)

    @property
    def height(self) -> int:
        return HEAD + LINE * min(len(self.collection.fields), MOST_FIELDS + 1) + 8

    @property
    def more(self) -> int:
        return max(0, len(self.collection.fields) - MOST_FIELDS)

    def line_of(self, name: str) -> int:
        """Return the height at which the line of a field begins."""
        at = [item.name for item in self.collection.fields].index(name)
        return self.y + HEAD + LINE * min(at, MOST_FIELDS) + LINE // 2


def show(request: HttpRequest) -> HttpResponse:
    """Show the picture; ``?system`` has the system's collections in it too."""
    with_system = "system" in request.GET
    found = [item for item in snapshot.current().collections if with_system or not item.system]
    relations = list(relations_of(found))
    boxes = placed(found, relations)
    width, height = size(boxes)
    return page.show(
        request,
        "diagram",
        "Diagram",
        boxes=boxes,
        lines=list(curves(boxes, relations)),
        relations=relations,
        width=width,
        height=height,
        box_width=WIDTH,
        with_system=with_system,
    )


def relations_of(collections: Sequence[CollectionDef]) -> Iterator[Relation]:
    """Yield the relations between ``collections``, by name."""
    names = {item.id: item.name for item in collections}
    for item in sorted(collections, key=lambda item: item.name.lower()):
        for own in item.fields:
            if own.relation_target in names:
                cascades = bool(getattr(own.options, "cascadeDelete", False))
                target = names[own.relation_target]
                yield Relation(item.name, own.name, target, own.is_multiple, cascades)


def placed(collections: Sequence[CollectionDef], relations: Sequence[Relation]) -> list[Box]:
    """Return the boxes in columns of about the same height, neighbours by relation."""
    boxes = {item.name: Box(item) for item in collections}
    ordered = [boxes[name] for name in _walk(list(boxes), relations)]
    total = sum(box.height + GAP_Y for box in ordered)
    columns = max(1, min(len(ordered), round((total / (WIDTH + GAP_X)) ** 0.5) + 1))
    heights = [GAP_Y] * columns
    at = 0
    for box in ordered:
        if heights[at] > total / columns and at + 1 < columns:
            at += 1
        box.x, box.y = GAP_X // 2 + at * (WIDTH + GAP_X), heights[at]
        heights[at] += box.height + GAP_Y
        box.rows = [
            (_cut(item.name), item.type_name, box.y + HEAD + LINE * place + 14)
            for place, item in enumerate(box.collection.fields[:MOST_FIELDS])
        ]
    return ordered


def _walk(names: list[str], relations: Sequence[Relation]) -> list[str]:
    """Return the names so that those that are related follow each other; the busiest first."""
    near: dict[str, set[str]] = {name: set() for name in names}
    for relation in relations:
        near[relation.source].add(relation.target)
        near[relation.target].add(relation.source)
    found: dict[str, None] = {}
    for start in sorted(names, key=lambda name: (-len(near[name]), name.lower())):
        waiting = [start]
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting += sorted(near[name] - found.keys(), key=str.lower)
    return list(found)


def curves(boxes: Sequence[Box], relations: Sequence[Relation]) -> Iterator[tuple[str, Relation]]:
    """Yield the path of each relation: from the field's line to the head of its target."""
    by_name = {box.collection.name: box for box in boxes}
    for relation in relations:
        source, target = by_name[relation.source], by_name[relation.target]
        y, to_y = source.line_of(relation.field), target.y + HEAD // 2
        goes_left = target.x < source.x
        is_beside = target.x == source.x
        x = source.x if goes_left else source.x + WIDTH
        to_x = target.x + WIDTH if goes_left or is_beside else target.x
        bend = GAP_X // 2 if is_beside else max(GAP_X // 2, abs(to_x - x) // 2)
        out, back = (-bend, bend) if goes_left else (bend, bend if is_beside else -bend)
        yield f"M{x},{y} C{x + out},{y} {to_x + back},{to_y} {to_x},{to_y}", relation


def size(boxes: Sequence[Box]) -> tuple[int, int]:
    """Return the width and the height of the picture."""
    if not boxes:
        return 0, 0
    right = max(box.x for box in boxes) + WIDTH + GAP_X // 2
    return right, max(box.y + box.height for box in boxes) + GAP_Y


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
