import logging
import sys

from core_app import autodiscover


def test_files_are_loaded_in_order_and_errors_reported(tmp_path, caplog):
    (tmp_path / "b.py").write_text("import holdall_hooks.a\nvalue = holdall_hooks.a.value + 1\n")
    (tmp_path / "a.py").write_text("value = 1\n")
    (tmp_path / "broken.py").write_text("def (\n")
    (tmp_path / "failing.py").write_text("1 / 0\n")
    (tmp_path / "notes.txt").write_text("not Python")
    with caplog.at_level(logging.ERROR, "holdall.hooks"):
        failed = autodiscover.load_folder(tmp_path)
    try:
        assert failed == ["broken.py", "failing.py"]
        assert sys.modules["holdall_hooks.b"].value == 2
        assert f"failed to load the hooks in {tmp_path / 'failing.py'}" in caplog.text
        assert "ZeroDivisionError" in caplog.text
        assert "holdall_hooks.failing" not in sys.modules
    finally:
        for name in ("a", "b"):
            sys.modules.pop(f"holdall_hooks.{name}", None)


def test_no_folder(tmp_path):
    assert autodiscover.load_folder(tmp_path / "absent") == []
