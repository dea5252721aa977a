"""What a superuser should know about the installation, each with where to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from auth_app import superusers
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from core_app.mail import transport
from core_app.settings_store import store
from dashboard_app.sidebar import records_url

#: names under which nobody has a mailbox
NOWHERE = (
    *("example", "example.com", "example.net", "example.org"),
    *("invalid", "local", "localhost", "test"),
)
#: of superusers that are looked at
MOST_ADDRESSES = 100

_SEE = "See the rules"
_WRITES = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class Warning:
    text: str
    url: str
    action: str


def warnings() -> Iterator[Warning]:
    """Yield what deserves a look, the most important first."""
    for collection in snapshot.current().collections:
        yield from _open_rules(collection)
    settings = store.current()
    page = reverse("admin:settings")
    if not transport.has_way_out():
        yield Warning(
            "No mail can be sent, not even to superusers: SMTP is off, and this machine has no "
            "sendmail. Whoever forgets a password gets no link.",
            page,
            "Set up mail",
        )
    elif not settings.smtp.enabled:
        yield Warning(
            "Mail goes out through sendmail, if there is one: SMTP is off.", page, "Set up mail"
        )
    if not any(map(_is_reached, _superuser_addresses())):
        yield Warning(
            "No superuser has an address that mail reaches: alerts and links get lost.",
            records_url(superusers.collection()),
            "See the superusers",
        )
    if settings.meta.app_url in ("", "http://localhost:8090"):
        yield Warning("Links in mails lead to localhost.", page, "Set the app's address")
    if settings.meta.sender_address == "support@example.com":
        yield Warning("Mails come from support@example.com.", page, "Set the sender")
    if not settings.rate_limits.enabled:
        yield Warning("Nothing limits how often somebody may call.", page, "Set rate limits")


def _superuser_addresses() -> list[str]:
    model = snapshot.current().model(superusers.collection())
    return list(model.objects.values_list("email", flat=True)[:MOST_ADDRESSES])


def _is_reached(address: str) -> bool:
    """Whether there may be a mailbox: not under the names that RFC 2606 and 6762 set aside."""
    domain = address.rpartition("@")[2].lower()
    return domain not in NOWHERE and not domain.endswith(tuple(f".{name}" for name in NOWHERE))


def _open_rules(collection: CollectionDef) -> Iterator[Warning]:
    """Yield a warning if anybody on the network may change records."""
    acts = [act for act in _WRITES if collection.rule(act) == ""]
    if collection.is_auth and "create" in acts:
        acts.remove("create")  # signing up
    if collection.is_auth and collection.list_rule == "":
        yield Warning(
            f"Everyone may list the accounts of {collection.name}.", _rules(collection), _SEE
        )
    if acts and not collection.is_view:
        yield Warning(
            f"Everyone may {' and '.join(acts)} records of {collection.name}.",
            _rules(collection),
            _SEE,
        )


def _rules(collection: CollectionDef) -> str:
    return reverse("admin:collections_app_collection_change", args=(collection.id,))
