"""The accent colour of the settings -> the theme's eleven shades of it.

Lightness is always the theme's own, so that texts can be read on any colour. The browser works
out the rest.
"""

from __future__ import annotations

import re

from core_app.settings_store.shape import Meta

#: shade -> lightness, and how much of the colour's chroma is left, as in the theme's own palette
_SHADES = {
    "50": (0.977, 0.05),
    "100": (0.946, 0.12),
    "200": (0.902, 0.22),
    "300": (0.827, 0.41),
    "400": (0.714, 0.7),
    "500": (0.627, 0.92),
    "600": (0.548, 1),
    "700": (0.496, 0.92),
    "800": (0.438, 0.76),
    "900": (0.381, 0.61),
    "950": (0.291, 0.52),
}
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_USUAL = Meta().accent_color


def shades(color: str) -> dict[str, str]:
    """Return the shades in CSS by name, ``{}`` where nobody has chosen a colour."""
    if color.lower() == _USUAL or not _HEX.fullmatch(color):
        return {}
    return {
        name: f"oklch(from {color} {lightness} calc(c * {chroma}) h)"
        for name, (lightness, chroma) in _SHADES.items()
    }
