"""Apple tells a user's name once, to the redirect page; it is kept until the code comes back."""

from __future__ import annotations

import hashlib
import json
import time

from auth_app.models import Remembered
from core_app.transactions import write

#: seconds between the redirect and the sign-in that asks for the name
KEPT_S = 60
_LONGEST_NAME = 150


def remember_name(code: str, user: str) -> None:
    """Keep the name in ``user``, the JSON that Apple sends along with ``code``."""
    name = _name(user)
    if not name or not code:
        return
    with write():
        Remembered.objects.filter(ends__lte=time.time()).delete()
        Remembered.objects.update_or_create(
            key=_key(code), defaults={"text": name, "ends": time.time() + KEPT_S}
        )


def take_name(code: str) -> str:
    """Return the name that came with ``code``, once; ``""`` if there is none."""
    with write():
        found = Remembered.objects.filter(key=_key(code), ends__gt=time.time()).first()
        if found is None:
            return ""
        found.delete()
    return found.text


def _key(code: str) -> str:
    # the code itself is a secret for as long as it works
    return "apple:" + hashlib.sha256(code.encode()).hexdigest()


def _name(user: str) -> str:
    try:
        name = json.loads(user)["name"]
        full = f"{name.get('firstName', '')} {name.get('lastName', '')}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return full.strip()[:_LONGEST_NAME]
