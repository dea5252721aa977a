"""The docs name everything there is, and their links lead somewhere."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from auth_app.oauth2.providers import PROVIDERS
from collections_app.collection_types import registry
from collections_app.fields import base as field_types
from collections_app.query.functions import _FUNCTIONS
from collections_app.query.macros import MACROS
from collections_app.query.paths import modifiers
from config.urls import api
from core_app import crons
from core_app.hooks import HookSignal
from core_app.settings_store import shape, store

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS]
TEXT = "\n".join(page.read_text() for page in DOCS)

#: our folders; what they hold is looked through for names
APPS = [
    *("config", "core_app", "collections_app", "auth_app", "storage_app", "realtime"),
    *("ops_app", "dashboard_app"),
]
_NAME = re.compile(r"\bHOLDALL_[A-Z][A-Z_]*\b")
_FOREIGN_NAME = re.compile(r"os\.environ(?:\.get\(|\[)[\"'](\w+)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def signals():
    """Every signal that one of our modules has."""
    # by type: ``isinstance`` would wake lazy objects, such as the users of other tests' requests
    found = {item.name for item in gc.get_objects() if issubclass(type(item), HookSignal)}
    return sorted(found & {match for path in sources() for match in _declared(path)})


def sources():
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def _declared(path):
    return re.findall(r'HookSignal\("(\w+)"\)', path.read_text())


def commands():
    """Every command of ours with what may follow it: ``superuser ips``."""
    for name, app in get_commands().items():
        if app not in APPS:
            continue
        yield name
        parser = load_command_class(app, name).create_parser("manage.py", name)
        for action in parser._subparsers._group_actions if parser._subparsers else ():
            yield from (f"{name} {act}" for act in action.choices)


def names_in_code():
    """Every setting of ours that the code speaks of, and every environment variable it asks for."""
    texts = [path.read_text() for path in sources()]
    return sorted(
        {name for text in texts for name in _NAME.findall(text) + _FOREIGN_NAME.findall(text)}
    )


def settings_paths():
    """``group.key`` of every setting; groups within groups by their own names."""
    for group, value in shape.to_json(shape.Settings(), secrets=True).items():
        yield group
        if isinstance(value, dict):
            yield from value


def last_word(pattern):
    """The last part of a path that is no parameter."""
    return [part for part in str(pattern.pattern).split("/") if not part.startswith("<")][-1]


def test_signals_are_found():
    assert {"before_record_create", "record_authenticated", "app_ready"} <= set(signals())


def test_every_declared_signal_exists():
    declared = {name for path in sources() for name in _declared(path)}
    assert declared == set(signals())


@pytest.mark.parametrize("name", signals())
def test_signal_is_in_hooks_page(name):
    assert f"`{name}`" in (ROOT / "docs/hooks.md").read_text()


@pytest.mark.parametrize("name", sorted(field_types.registered()))
def test_field_type_has_a_row_with_its_options(name):
    page = (ROOT / "docs/collections.md").read_text()
    row = re.search(rf"^\| `{name}` \|.*$", page, re.MULTILINE)
    assert row, f"{name} has no row in docs/collections.md"
    field = field_types.from_json({"type": name, "name": "example", "id": "example"})
    common = {"id", "name", "type", "system", "hidden", "presentable", "help", "required"}
    missing = [key for key in field.to_json().keys() - common if f"`{key}`" not in row[0]]
    assert missing == []


@pytest.mark.parametrize("name", sorted(registry.registered()))
def test_collection_type_is_named(name):
    assert f"| `{name}` |" in (ROOT / "docs/collections.md").read_text()


@pytest.mark.parametrize("name", sorted(commands()))
def test_command_is_in_settings_page(name):
    page = (ROOT / "docs/settings.md").read_text()
    assert re.search(rf"^\| `{name}[ `]", page, re.MULTILINE)


@pytest.mark.parametrize("name", names_in_code())
def test_variable_is_in_settings_page(name):
    assert f"`{name}`" in (ROOT / "docs/settings.md").read_text()


def test_own_django_settings_are_among_them():
    own = {name for name in dir(settings) if name.startswith("HOLDALL_")}
    assert own <= set(names_in_code())


@pytest.mark.parametrize("name", sorted(set(settings_paths())))
def test_setting_is_in_settings_page(name):
    page = (ROOT / "docs/settings.md").read_text()
    assert f"`{name}`" in page or re.search(rf"^### .*\b{name}\b", page, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(job.id for job in crons.jobs()))
def test_job_is_in_hooks_page(name):
    assert f"`{name}`" in (ROOT / "docs/hooks.md").read_text()


@pytest.mark.parametrize("name", [*sorted(MACROS), *sorted(_FUNCTIONS), *sorted(modifiers._KNOWN)])
def test_word_of_the_filter_language_is_in_rules_page(name):
    page = (ROOT / "docs/rules.md").read_text()
    assert re.search(rf"`:?{re.escape(name)}[`(]", page)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_provider_is_in_sign_in_page(name):
    assert f"`{name}`" in (ROOT / "docs/sign-in.md").read_text()


@pytest.mark.parametrize("name", sorted({last_word(item) for item in api.url_patterns}))
def test_endpoint_is_named(name):
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", TEXT)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    broken = [
        link for link in _LINK.findall(_FENCE.sub("", page.read_text())) if not _leads(page, link)
    ]
    assert broken == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_page_is_linked_from_readme(page):
    assert f"(docs/{page.name})" in (ROOT / "README.md").read_text()


def test_settings_of_a_fresh_installation_are_the_ones_shown(db):
    assert store.current() == shape.Settings()


def _leads(page, link):
    if link.startswith(("http://", "https://")):
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or anchor in _anchors(target)


def _anchors(page):
    """The names by which headings are linked to."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
