import pytest


@pytest.fixture
def data(settings, tmp_path):
    """A data folder of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir()
    settings.HOLDALL_DATA_DIR = folder
    return folder
