"""A form's texts -> a patch of the settings: ``smtp.port=25`` is ``{"smtp": {"port": 25}}``.

As PocketBase reads them: keys are exact, a group's values are reached by one dot, lists of texts by
repeating the key. What else there is (rules of rate limits) only JSON can say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin

from core_app.settings_store.shape import Settings, WrongType, is_group, kinds

_FLAGS = {
    **dict.fromkeys(("", "0", "f", "F", "false", "FALSE", "False"), False),
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
}


def patch_of(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what ``form`` sets. Raise ``WrongType`` for a text that is no such value."""
    patch: dict[str, Any] = {}
    for key, kind in kinds(Settings).items():
        if not is_group(kind):
            _set(patch, key, kind, form.get(key))
            continue
        group: dict[str, Any] = {}
        for inner, inner_kind in kinds(kind).items():
            _set(group, inner, inner_kind, form.get(f"{key}.{inner}"))
        if group:
            patch[key] = group
    return patch


def _set(group: dict[str, Any], key: str, kind: Any, texts: Sequence[str] | None) -> None:
    if texts is None or is_group(kind):
        return
    if get_origin(kind) is not tuple:
        group[key] = _value(key, kind, texts[0])
    elif get_args(kind)[0] is str:
        group[key] = list(texts)


def _value(key: str, kind: type, text: str) -> Any:
    if kind is bool:
        if text not in _FLAGS:
            raise WrongType(f"{key}: expected a flag, got {text!r}")
        return _FLAGS[text]
    if kind is int:
        try:
            if text.startswith("+") or text != text.strip():
                raise ValueError(text)
            return int(text or "0", 0)
        except ValueError as error:
            raise WrongType(f"{key}: expected a whole number, got {text!r}") from error
    return text
