"""A superuser signed in to the dashboard."""

import html
import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from tests.dashboard_app.browser import Browser
from tests.makers import PASSWORD, make_superuser
from tests.servers import EMAIL
from tests.servers import PASSWORD as SERVER_PASSWORD


class Dashboard:
    """Django's test client, with what these tests look for in pages."""

    def __init__(self) -> None:
        self.client = Client()

    def sign_in(self, email="root@example.com", password=PASSWORD):
        return self.client.post("/_/login/", {"username": email, "password": password})

    def get(self, path, **query):
        return self.client.get(f"/_/{path}", query)

    def post(self, path, **data):
        return self.client.post(f"/_/{path}", data)


def text_of(response):
    """Return what can be read on a page, without its styles and scripts."""
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", response.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def errors_of(response):
    """Return the errors that a form shows, by field; ``None`` for those above all fields."""
    form = response.context["adminform"].form
    return {name if name != "__all__" else None: list(found) for name, found in form.errors.items()}


@pytest.fixture
def root(db):
    ContentType.objects.clear_cache()  # each test's rows are gone, what is remembered is not
    yield make_superuser()
    ContentType.objects.clear_cache()


@pytest.fixture
def dashboard(root):
    made = Dashboard()
    assert made.sign_in().status_code == 302
    return made


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests of a process; ``sign_in`` and ``sign_out`` say who sits there."""
    if reason := Browser.absent():
        pytest.skip(reason)
    with Browser() as running:
        yield running


@pytest.fixture
def signed_in(shared_server, browser):
    """The address of the dashboard, whose superuser is signed in in the browser."""
    url = f"{shared_server.url}/_/"
    browser.open(f"{url}login/")
    if browser.url.endswith("/login/"):
        browser.type("input[name=username]", EMAIL)
        browser.type("input[name=password]", SERVER_PASSWORD)
        browser.click("button[type=submit]")
        browser.wait_for("!location.pathname.includes('/login/')")
    return url
