"""A provider's code -> its answer with a token, by allauth's client.

Source of how clients authenticate: golang.org/x/oauth2.
"""

from __future__ import annotations

from urllib.parse import quote_plus

from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error

from auth_app.oauth2.base import Addressed, Raw
from auth_app.oauth2.session import FAILURES

# Token address -> whether it wants the client's secret in the body. Providers do not say, so the
# header is tried first; what worked is remembered by each process.
_wants_body: dict[str, bool] = {}


def fetch(adapter: Addressed, code: str, verifier: str) -> Raw:
    """Return the answer for ``code``. Raise one of ``FAILURES``."""
    provider = adapter.get_provider()
    client = adapter.get_client(adapter.request, provider.app)
    url = client.access_token_url
    verifier = verifier if provider.has_pkce else ""
    if url in _wants_body:
        return _ask(client, code, verifier, in_body=_wants_body[url])
    try:
        answer = _ask(client, code, verifier, in_body=False)
        _wants_body[url] = False
    except FAILURES:
        answer = _ask(client, code, verifier, in_body=True)
        _wants_body[url] = True
    return answer


def _ask(client: OAuth2Client, code: str, verifier: str, *, in_body: bool) -> Raw:
    plain = client.consumer_key, client.consumer_secret
    client.basic_auth = not in_body
    if client.basic_auth:
        client.consumer_key, client.consumer_secret = map(quote_plus, plain)
    try:
        answer: Raw = client.get_access_token(code, pkce_code_verifier=verifier)
    finally:
        client.consumer_key, client.consumer_secret = plain
    if answer.get("error") or not answer["access_token"]:
        raise OAuth2Error(f"{client.access_token_url}: no access token in the answer")
    return answer
