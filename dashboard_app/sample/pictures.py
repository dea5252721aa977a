"""A picture for each place of the sample app, drawn here: a sky, hills, water and a roof."""

from __future__ import annotations

import colorsys
import io
import random

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 640

Colour = tuple[int, int, int]


def landscape(name: str, hue: int) -> ContentFile[bytes]:
    """Return a JPEG called after ``name``; ``hue`` (degrees) gives its colours."""
    chance = random.Random(name)  # noqa: S311 a drawing
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    for y in range(HEIGHT):
        share = y / HEIGHT
        draw.line([(0, y), (WIDTH, y)], fill=_colour(hue, 0.35 - share * 0.2, 0.72 + share * 0.22))
    sun = chance.randrange(150, WIDTH - 150)
    draw.ellipse((sun - 55, 110, sun + 55, 220), fill=_colour(hue + 30, 0.2, 0.99))
    for layer in range(3):
        _hills(draw, chance, 300 + layer * 75, _colour(hue + 170, 0.3, 0.62 - layer * 0.14))
    draw.rectangle((0, 520, WIDTH, HEIGHT), fill=_colour(hue + 190, 0.38, 0.45))
    for _ in range(26):
        x, y = chance.randrange(WIDTH), chance.randrange(532, HEIGHT)
        draw.line([(x, y), (x + 60, y)], fill=_colour(hue + 190, 0.25, 0.6), width=3)
    _house(draw, chance.randrange(120, WIDTH - 280), hue)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return ContentFile(out.getvalue(), name=f"{name.lower().replace(' ', '-')}.jpg")


def _hills(draw: ImageDraw.ImageDraw, chance: random.Random, base: int, colour: Colour) -> None:
    points: list[tuple[float, float]] = [(0, HEIGHT)]
    points += [(x, base + chance.randrange(-45, 45)) for x in range(0, WIDTH + 121, 120)]
    draw.polygon([*points, (WIDTH, HEIGHT)], fill=colour)


def _house(draw: ImageDraw.ImageDraw, x: int, hue: int) -> None:
    draw.rectangle((x, 410, x + 160, 530), fill=_colour(hue, 0.12, 0.95))
    roof = [(x - 20, 412), (x + 80, 330), (x + 180, 412)]
    draw.polygon(roof, fill=_colour(hue, 0.55, 0.55))
    draw.rectangle((x + 64, 460, x + 98, 530), fill=_colour(hue, 0.5, 0.4))
    for at in (x + 18, x + 116):
        draw.rectangle((at, 440, at + 28, 470), fill=_colour(hue + 190, 0.35, 0.6))


def _colour(hue: int, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 360 / 360, saturation, min(value, 1))
    return int(red * 255), int(green * 255), int(blue * 255)
