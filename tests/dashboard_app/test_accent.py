"""The accent colour and its shades."""

import pytest

from dashboard_app import accent


def test_shades_keep_the_themes_lightness():
    found = accent.shades("#0F766E")
    assert len(found) == 11
    assert found["600"] == "oklch(from #0F766E 0.548 calc(c * 1) h)"
    assert found["50"] == "oklch(from #0F766E 0.977 calc(c * 0.05) h)"


@pytest.mark.parametrize("color", ["#1055c9", "#1055C9", "", "red", "#fff", "#0f766e;}", "#0f766"])
def test_what_is_no_choice_leaves_the_theme_alone(color):
    assert accent.shades(color) == {}
