"""A storage of its own for each test."""

import pytest

from storage_app import choose
from storage_app.local import LocalStorage


@pytest.fixture
def stored_files(tmp_path, monkeypatch):
    """An empty local storage; its folder."""
    storage = LocalStorage(location=str(tmp_path / "storage"))
    monkeypatch.setattr(choose, "storages", {"default": storage})
    monkeypatch.setattr(choose, "backend", choose.local)  # no settings, so no database
    return tmp_path / "storage"
