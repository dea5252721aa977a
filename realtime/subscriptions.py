"""Who may subscribe to what on which connection, and the effect of it in the worker that has it.

The topics themselves are not judged here: everybody may ask for anything and gets what the rules
let through, event by event.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from auth_app.signed_in import SignedIn
from core_app.errors import ApiError, BadRequest, Forbidden, NotFound
from realtime import topics
from realtime.registry import Registry


class Outcome(IntEnum):
    """What became of a subscription, as the status of the answer."""

    DONE = 204
    OTHER_IP = 400
    OTHER_AUTH = 403
    NO_CLIENT = 404


def refusal(outcome: Outcome) -> ApiError:
    """Return what a client is told."""
    if outcome is Outcome.OTHER_IP:
        return BadRequest("Invalid realtime client.")
    if outcome is Outcome.OTHER_AUTH:
        return Forbidden("The current and the previous request authorization don't match.")
    return NotFound("Missing or invalid client id.")


def check(registry: Registry, client_id: str, ip: str, auth: SignedIn | None) -> Outcome:
    """Return whether this request may decide what the connection listens to."""
    client = registry.get(client_id)
    if client is None:
        return Outcome.NO_CLIENT
    if client.ip != ip:
        return Outcome.OTHER_IP
    bound = client.auth
    if bound is not None and (auth is None or not auth.is_record(bound.collection_id, bound.id)):
        return Outcome.OTHER_AUTH
    return Outcome.DONE


def replace(
    registry: Registry, client_id: str, ip: str, auth: SignedIn | None, wanted: Sequence[str]
) -> Outcome:
    """Let the connection listen to ``wanted`` and nothing else, as ``auth``."""
    outcome = check(registry, client_id, ip, auth)
    client = registry.get(client_id)
    if outcome is not Outcome.DONE or client is None:
        return outcome
    parsed = [topics.parse(text) for text in wanted]
    return Outcome.DONE if registry.subscribe(client, parsed, auth) else Outcome.NO_CLIENT
