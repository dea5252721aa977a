"""The chat page in Chromium: two tabs, sign up, sign in, send, receive live."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.dashboard_app.browser import Browser
from tests.servers import EMAIL, PASSWORD, ROOT, Holdall

CHAT = ROOT / "examples" / "chat"
SDK = Path(__file__).resolve().parent / "node_modules"
ARTIFACTS = Path(os.environ.get("HOLDALL_ARTIFACTS") or ROOT / "artifacts")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.skipif(bool(Browser.absent()), reason=Browser.absent()),
    pytest.mark.skipif(not SDK.is_dir(), reason="run `npm ci` in tests/clients first"),
]


def set_up_chat(server, tmp_path):
    """Run the example's own set-up, with the SDK that the client tests installed."""
    folder = tmp_path / "chat"
    shutil.copytree(CHAT, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(SDK)
    done = subprocess.run(
        ["node", "setup.mjs", server.url, EMAIL, PASSWORD, str(server.data / "public")],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, f"The chat is at {server.url}/\n"), done.stderr


def fill(browser, **values):
    for name, value in values.items():
        browser.type(f"#{name}", value)


def say(browser, text):
    fill(browser, text=text)
    browser.click("#send button")


#: what the page shows as ``[[class, author, text]]``
SHOWN = (
    "[...document.querySelectorAll('#messages li')]"
    ".map(li => [li.className, li.firstChild.textContent, li.lastChild.textContent])"
)


def wait_for(browser, expected):
    wanted = json.dumps(json.dumps(expected, separators=(",", ":")))
    browser.wait_for(f"JSON.stringify({SHOWN}) === {wanted}")


def test_two_people_chat_in_two_browsers(tmp_path):
    with Holdall(tmp_path / "data", "--workers", "2") as server:
        set_up_chat(server, tmp_path)
        with Browser(900, 700) as ada, Browser(900, 700) as bob:
            for browser, name in ((ada, "Ada"), (bob, "Bob")):
                browser.open(server.url)
                fill(browser, name=name, email=f"{name}@example.com", password="correct-horse")
                browser.click("#up")
                browser.wait_for("document.getElementById('text').offsetParent !== null")
            say(ada, "hello <b>there</b>")
            wait_for(bob, [["", "Ada", "hello <b>there</b>"]])
            say(bob, "hi!")
            wait_for(ada, [["mine", "Ada", "hello <b>there</b>"], ["", "Bob", "hi!"]])

            # a second tab of the same person: signed in already, history shown, then live
            both = [
                ["mine", "Ada", "hello <b>there</b>"],
                ["", "Bob", "hi!"],
                ["", "Bob", "still here"],
            ]
            with ada.other_window(lambda page: page.evaluate("void window.open(location.href)")):
                wait_for(ada, both[:2])
                say(bob, "still here")
                wait_for(ada, both)
                ARTIFACTS.mkdir(parents=True, exist_ok=True)
                ada.screenshot(ARTIFACTS / "chat.png")
            wait_for(ada, both)


def test_wrong_password_is_told_on_the_page(tmp_path):
    with Holdall(tmp_path / "data") as server:
        set_up_chat(server, tmp_path)
        with Browser(900, 700) as browser:
            browser.open(server.url)
            fill(browser, email="nobody@example.com", password="wrong-horse")
            browser.click("#in")
            told = "document.getElementById('error').innerText"
            browser.wait_for(f"{told} === 'Failed to authenticate.'")
