"""OAuth2 in Chromium: the app opens a real window, the provider sends it back, the app goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.dashboard_app.browser import Browser
from tests.servers import ROOT, Holdall

HERE = Path(__file__).resolve().parent
SDK = HERE / "node_modules" / "pocketbase" / "dist" / "pocketbase.umd.js"
ARTIFACTS = Path(os.environ.get("HOLDALL_ARTIFACTS") or ROOT / "artifacts")
ADA = {"sub": "1", "email": "ada@example.com", "email_verified": True, "name": "Ada"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.node,
    pytest.mark.server,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(bool(Browser.absent()), reason=Browser.absent()),
    pytest.mark.skipif(not SDK.exists(), reason="run `npm ci` in tests/clients first"),
]

APP = """<!doctype html>
<script src="pocketbase.umd.js"></script>
<button id="in">Sign in</button><p id="said"></p>
<script>
  const pb = new PocketBase(location.origin);
  const say = (text) => (document.getElementById("said").textContent = text);
  document.getElementById("in").onclick = () =>
    pb.collection("users").authWithOAuth2({ provider: "oidc" })
      .then(({ record, meta }) => say(`${record.email} ${record.verified} new: ${meta.isNew}`))
      .catch((error) => say(`refused: ${error.originalError ?? error}`));
</script>
"""
# what users see at a provider: who asks, and two ways out
CONSENT = """<!doctype html>
<a id="allow">Allow</a> <a id="deny">Deny</a>
<script>
  const asked = new URLSearchParams(location.search);
  document.getElementById("allow").href = AUTHORIZE + location.search;
  const back = new URL(asked.get("redirect_uri"));
  back.searchParams.set("state", asked.get("state"));
  back.searchParams.set("error", "access_denied");
  document.getElementById("deny").href = back.href;
</script>
"""


@contextmanager
def provider():
    """Run a provider that knows Ada; yield the entry of a collection that uses it."""
    process = subprocess.Popen(
        ["node", "idp.mjs", json.dumps(ADA)],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


def set_up(server, entry):
    public = server.data / "public"
    public.mkdir(exist_ok=True)
    shutil.copy(SDK, public / SDK.name)
    (public / "app.html").write_text(APP)
    (public / "consent.html").write_text(CONSENT.replace("AUTHORIZE", json.dumps(entry["authURL"])))
    options = {**entry, "authURL": f"{server.url}/consent.html"}
    oauth2 = {"enabled": True, "providers": [options]}
    server.http.patch("/api/collections/users", json={"oauth2": oauth2}).raise_for_status()


def sign_in(browser, choice):
    """Press the app's button, then one in the window that opens; return what the app says."""
    browser.run("document.getElementById('said').textContent = ''")
    with browser.other_window(lambda page: page.click("#in")) as window:
        browser.wait_for(f"document.getElementById({choice!r})")
        if choice == "allow":
            ARTIFACTS.mkdir(parents=True, exist_ok=True)
            browser.screenshot(ARTIFACTS / "oauth2-window.png")
        browser.click(f"#{choice}")
    said = browser.wait_for("document.getElementById('said').textContent")
    browser.do(lambda _: window.is_closed() or window.wait_for_event("close"))
    return said


def test_a_window_opens_answers_and_closes(tmp_path):
    """The window's answer may reach another worker than the one the app listens to."""
    with provider() as entry, Holdall(tmp_path / "data", "--workers", "2") as server:
        set_up(server, entry)
        with Browser(900, 700) as browser:
            browser.open(f"{server.url}/app.html")
            assert "access_denied" in sign_in(browser, "deny")
            found = server.http.get("/api/collections/users/records").json()
            assert found["totalItems"] == 0
            assert sign_in(browser, "allow") == "ada@example.com true new: true"
            assert sign_in(browser, "allow") == "ada@example.com true new: false"
        links = server.http.get("/api/collections/_externalAuths/records").json()
        assert [(item["provider"], item["providerId"]) for item in links["items"]] == [
            ("oidc", "1")
        ]
