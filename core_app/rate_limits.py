"""How often a client may call: the rules of the settings, counted for all workers together.

With Redis they are counted for all machines together.
A request has labels in order; the first that a rule names decides. Routes of a collection count
per collection and action, all others per rule. Superusers and excluded addresses are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings as django_settings
from django.http import HttpRequest

from core_app import networks
from core_app.dialects import late_commits
from core_app.errors import TooManyRequests
from core_app.redis_counters import RedisCounters
from core_app.settings_store import store
from core_app.settings_store.shape import RateLimitRule, RateLimits
from core_app.shared_counters import SharedCounters

GUEST, AUTH = "@guest", "@auth"

#: paths whose views count by themselves, as only they know the collection and what is done to it
_COLLECTION_ROUTE = re.compile(
    r"/api/(?:files/[^/]+/[^/]+/[^/]+|collections/[^/]+/"
    r"(?:records(?:/.*)?|auth-[^/]+|request-[^/]+|confirm-[^/]+))"
)


def check_path(request: HttpRequest) -> None:
    """Count a request of a route without a collection. Raise ``TooManyRequests``."""
    limits = store.current().rate_limits
    if not limits.enabled or _COLLECTION_ROUTE.fullmatch(request.path_info):
        return
    if _is_exempt(request, limits):
        return
    labels = (f"{request.method} {request.path_info}", request.path_info)
    rule = find_rule(limits.rules, labels, _audience(request))
    if rule is not None:
        _count(request, f"{rule.label}{rule.audience}", rule)


def check_collection(
    request: HttpRequest, collection: str, *tags: str, method: str = "", path: str = ""
) -> None:
    """Count a request of a collection's route, ``tags`` saying what it does.

    ``method`` and ``path`` are given for a request inside a batch. Raise ``TooManyRequests``.
    """
    limits = store.current().rate_limits
    if not limits.enabled or _is_exempt(request, limits):
        return
    path = path or request.path_info
    labels = (
        *(f"{collection}:{tag}" for tag in tags),
        *(f"*:{tag}" for tag in tags),
        f"{method or request.method} {path}",
        path,
    )
    rule = find_rule(limits.rules, labels, _audience(request))
    if rule is not None:
        _count(request, f"{collection}:{','.join(tags)}{rule.audience}", rule)


def find_rule(
    rules: Sequence[RateLimitRule], labels: Sequence[str], audience: str
) -> RateLimitRule | None:
    """Return the rule for the first label that has one: named exactly, else by a prefix (``/``)."""
    rules = [rule for rule in rules if rule.audience in ("", audience)]
    prefixes = [rule for rule in rules if rule.label.endswith("/")]
    for label in labels:
        for rule in rules:
            if rule.label == label:
                return rule
        for rule in prefixes:
            if f"{label}/".startswith(rule.label):
                return rule
    return None


def _is_exempt(request: HttpRequest, limits: RateLimits) -> bool:
    record = _auth(request)
    if record is not None and record.is_superuser:
        return True
    return networks.is_listed(_ip(request), limits.excluded_ips)


def _count(request: HttpRequest, bucket: str, rule: RateLimitRule) -> None:
    ip = _ip(request)
    if not ip or late_commits.is_second_try():  # it has been counted by the first
        return
    key = f"{store.version()} {bucket} {ip}"  # a change of the settings starts all over
    if _counters().add(key, rule.duration) > rule.max_requests:
        raise TooManyRequests(reason=f"{bucket} allows {rule.max_requests} in {rule.duration} s")


def _audience(request: HttpRequest) -> str:
    return GUEST if _auth(request) is None else AUTH


def _auth(request: HttpRequest) -> Any:
    return getattr(request, "auth_record", None)


def _ip(request: HttpRequest) -> str:
    ip: str = getattr(request, "real_ip", "")
    return ip


@cache
def _counters() -> SharedCounters | RedisCounters:
    own = SharedCounters(django_settings.HOLDALL_DATA_DIR / ".rate_limits")
    url = django_settings.REDIS_URL
    return RedisCounters(url, django_settings.HOLDALL_REDIS_PREFIX, own) if url else own
