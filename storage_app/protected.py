"""Who may fetch a protected file: whoever the collection's view rule lets, by a file token.

And whose files in the trash: the collection's trash rule.
"""

from __future__ import annotations

from django.http import HttpRequest

from auth_app.signed_in import SignedIn
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from auth_app.tokens.sign import InvalidToken
from collections_app.query import judge
from collections_app.query.compile import Selection
from collections_app.query.errors import FilterError
from collections_app.query.select import select
from collections_app.query.trash import Trash
from collections_app.records import access
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import networks, query_string
from core_app.errors import Forbidden
from core_app.request_info import RequestInfo
from core_app.settings_store import store


def may_fetch(
    snapshot: Snapshot, collection: CollectionDef, record_id: str, request: HttpRequest
) -> bool:
    """Whether the token in the URL opens the record's files; ``Authorization`` does not count.

    Raise ``NotFound`` for a broken view rule.
    """
    info = RequestInfo.of(request).but(context="protectedFile", auth=token_holder(request))
    rule = collection.view_rule
    if info.is_superuser or rule == "":
        return True
    if rule is None:
        return False
    with access.missing_if_broken(collection, "view"):
        return judge.passes_stored(snapshot, collection, info, record_id, rule=rule)


def in_trash(
    snapshot: Snapshot, collection: CollectionDef, request: HttpRequest
) -> Selection | None:
    """Return the records in the trash whose files may be fetched, ``None`` if there cannot be any.

    Who asks is told by a token in the URL or by ``Authorization``.
    """
    if not collection.has_trash:
        return None
    info = RequestInfo.of(request).but(context="protectedFile")
    info = info.but(auth=token_holder(request) or info.auth)
    try:
        rule = access.trash_rule_for(collection, info)
        return select(snapshot, collection, info, trash=Trash(only=True, rule=rule))
    except (Forbidden, FilterError):
        return None


def token_holder(request: HttpRequest) -> SignedIn | None:
    """Return whom the file token in the URL stands for; ``None`` without a good one."""
    token = query_string.value(request, "token")
    if not token:
        return None
    try:
        holder = sign.verify(token, TokenKind.FILE)
    except InvalidToken:
        return None
    allowed = store.current().superuser_ips
    if holder.is_superuser and allowed:
        ip = getattr(request, "real_ip", "")
        return holder if networks.is_listed(ip, allowed) else None
    return holder
