"""An image file -> the same picture in another size, as bytes. Knows no storage.

A size is ``WxH`` (fill, cut from the centre), ``WxHt``/``WxHb`` (cut from top or bottom), ``WxHf``
(fit inside, never larger than the source), ``Wx0``/``0xH`` (keep the ratio). The arithmetic of
sizes and cuts is that of PocketBase's imaging library, with the same (linear) filter.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

SIZE = re.compile(r"(\d+)x(\d+)([tbf]?)", re.ASCII)
#: the most pixels of an image that is opened or made; a small file can hold a huge image
MAX_PIXELS = 50_000_000
JPEG_QUALITY = 95
#: how many times larger than wanted a picture stays when the JPEG decoder, and after it a plain
#: average of pixels, take it down before the filter acts; no eye sees a difference
_DECODER_SPARE, _AVERAGE_SPARE = 2.0, 3.0
_FEW_PIXELS = 250_000  # so few go through the filter as they are
#: images smaller than this on a side are enlarged before they are cut
_SMALL = 100
_ORIENTATION = 0x0112  # an EXIF tag; 5 to 8 lie on their side

Box = tuple[float, float, float, float]


class NoThumb(Exception):
    """No thumb can be made; the original is served instead."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Take ``box`` (left, top, right, bottom) of the source, and resize it to ``size``.

    ``cut`` is taken of the result, if not ``None``.
    """

    box: Box
    size: tuple[int, int]
    cut: tuple[int, int, int, int] | None = None


def render(file: Any, size: str, format_name: str) -> bytes:
    """Return an image file's first frame in another size. Raise ``NoThumb`` or what Pillow does."""
    with Image.open(file) as source:
        _check_pixels(source.width, source.height)
        lies = source.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
        upright = source.size[::-1] if lies else source.size
        plan = plan_of(upright, size)
        _draft(source, upright, plan, lies=lies)
        image = ImageOps.exif_transpose(_drawable(source))
    return _encoded(_drawn(image, upright, plan), format_name)


def resized(image: Image.Image, size: str) -> Image.Image:
    """Return an upright ``image`` in ``size``. Raise ``NoThumb``."""
    return _drawn(image, image.size, plan_of(image.size, size))


def plan_of(source: tuple[int, int], size: str) -> Plan:
    """Return what is to be done with an image of the size ``source``. Raise ``NoThumb``."""
    match = SIZE.fullmatch(size)
    if match is None:
        raise NoThumb(f"{size} is no size")
    width, height, mode = int(match[1]), int(match[2]), match[3]
    if width == 0 or height == 0:
        return _whole(source, width, height)
    _check_pixels(width, height)
    if mode == "f":
        return _fitted(source, width, height)
    return _filled(source, width, height, mode)


def _whole(source: tuple[int, int], width: int, height: int) -> Plan:
    """Resize to ``width`` or ``height``; the one that is 0 follows the ratio."""
    if width == 0:
        width = max(1, int(source[0] * height / source[1] + 0.5))
    elif height == 0:
        height = max(1, int(source[1] * width / source[0] + 0.5))
    _check_pixels(width, height)
    return Plan((0, 0, *source), (width, height))


def _fitted(source: tuple[int, int], width: int, height: int) -> Plan:
    if source[0] <= width and source[1] <= height:
        return Plan((0, 0, *source), source)
    ratio = source[0] / source[1]
    if ratio > width / height:
        return _whole(source, width, int(width / ratio))
    return _whole(source, int(height * ratio), height)


def _filled(source: tuple[int, int], width: int, height: int, anchor: str) -> Plan:
    if (width, height) == source:
        return Plan((0, 0, *source), source)
    is_taller = source[0] / source[1] < width / height
    if min(source) >= _SMALL:
        if is_taller:
            cut = (source[0], int(max(1.0, source[0] * height / width) + 0.5))
        else:
            cut = (int(max(1.0, source[1] * width / height) + 0.5), source[1])
        return Plan(_cut(source, *cut, anchor), (width, height))
    # small images are enlarged before they are cut, so that no pixel is rounded away
    plan = _whole(source, width, 0) if is_taller else _whole(source, 0, height)
    return Plan(plan.box, plan.size, _cut(plan.size, width, height, anchor))


def _cut(
    source: tuple[int, int], width: int, height: int, anchor: str
) -> tuple[int, int, int, int]:
    width, height = min(width, source[0]), min(height, source[1])
    left = (source[0] - width) // 2
    top = {"t": 0, "b": source[1] - height}.get(anchor, (source[1] - height) // 2)
    return left, top, left + width, top + height


def _draft(source: Image.Image, upright: tuple[int, int], plan: Plan, *, lies: bool) -> None:
    """Let the JPEG decoder halve the image as often as the thumb does not need the pixels."""
    left, top, right, bottom = plan.box
    needed = (
        int(upright[0] * plan.size[0] * _DECODER_SPARE / (right - left)) + 1,
        int(upright[1] * plan.size[1] * _DECODER_SPARE / (bottom - top)) + 1,
    )
    source.draft(None, needed[::-1] if lies else needed)


def _drawn(image: Image.Image, upright: tuple[int, int], plan: Plan) -> Image.Image:
    """Return what ``plan`` makes of ``image``, which may be smaller than the ``upright`` source."""
    across, down = image.width / upright[0], image.height / upright[1]
    left, top, right, bottom = plan.box
    box = (left * across, top * down, right * across, bottom * down)
    if box != (0, 0, *image.size):
        # what lies beyond the cut must not shine through its edges
        corner = math.floor(box[0]), math.floor(box[1])
        image = image.crop((*corner, math.ceil(box[2]), math.ceil(box[3])))
        box = (box[0] - corner[0], box[1] - corner[1], box[2] - corner[0], box[3] - corner[1])
    if plan.size != image.size or box != (0, 0, *image.size):
        gap = _AVERAGE_SPARE if image.width * image.height > _FEW_PIXELS else None
        image = image.resize(plan.size, Image.Resampling.BILINEAR, box, reducing_gap=gap)
    return image if plan.cut is None else image.crop(plan.cut)


def _drawable(source: Image.Image) -> Image.Image:
    """Return the first frame in a mode whose pixels can be mixed."""
    source.seek(0)
    source.load()
    if source.mode in ("RGB", "RGBA", "L", "LA"):
        return source
    has_alpha = "A" in source.mode or "transparency" in source.info
    return source.convert("RGBA" if has_alpha else "RGB")


def _encoded(image: Image.Image, format_name: str) -> bytes:
    out = BytesIO()
    if format_name == "JPEG":
        image.convert("RGB").save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        image.save(out, format_name)
    return out.getvalue()


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise NoThumb(f"{width}x{height} pixels are too many")
