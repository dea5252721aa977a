"""Where providers send users back to."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("state=waiting&code=x", "success"),
        ("state=waiting&code=x&error=denied", "failure"),
        ("state=waiting", "failure"),
        ("state=other&code=x", "failure"),
        ("code=x", "failure"),
        ("", "failure"),
    ],
)
def test_redirect(api, redirected, query, page):
    for method, status in (("GET", 307), ("POST", 303)):
        if method == "GET":
            response = api.request("GET", f"/api/oauth2-redirect?{query}")
        else:
            form = "application/x-www-form-urlencoded"
            response = api.request("POST", "/api/oauth2-redirect", query or "a=b", form)
        assert response.status_code == status
        assert response.headers["Location"] == f"../_/#/auth/oauth2-redirect-{page}"
    if "state" in query:
        assert {item[3] for item in redirected} == {"127.0.0.1"}


def test_redirects_lead_nowhere_else(api, redirected):
    """The page after a provider is ours whatever the query says; the host is not repeated."""
    evil = "https://evil.example.com"
    for query in (
        {"state": evil, "code": "x"},
        {"state": "waiting", "code": evil, "redirect_uri": evil, "next": evil},
        {"state": "waiting", "error": f"x\r\nLocation: {evil}"},
        {"state": "//evil.example.com", "redirectURL": evil, "url": evil},
    ):
        response = api.using(Host="evil.example.com", X_Forwarded_Host="evil.example.com").get(
            "/api/oauth2-redirect", **query
        )
        assert response.status_code == 307
        page = response.headers["Location"].removeprefix("../_/#/auth/oauth2-redirect-")
        assert page in ("success", "failure")
