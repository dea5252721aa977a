import pytest

from ops_app.backups import busy, swap
from ops_app.backups.errors import Busy


def test_one_at_a_time(data):
    assert busy.current() is None
    with busy.alone("create", "a.zip") as progress:
        progress.total = 100
        progress.add(40)
        progress.note()
        assert busy.current() == ("create", "a.zip", 40, 100)
        with pytest.raises(Busy), busy.alone("restore", "b.zip"):
            pass
    assert busy.current() is None
    with busy.alone("restore", "b.zip"):
        assert busy.current().key == "b.zip"


def test_an_unfinished_restore_keeps_others_out(data):
    swap.stage_folder().mkdir(parents=True)
    swap.prepare("x.zip", swap.Scope())
    assert busy.current() == ("restore", "x.zip", 0, 0)
    with pytest.raises(Busy), busy.alone("create", "a.zip"):
        pass
    swap.finish()
    with busy.alone("create", "a.zip"):
        pass


def test_told(data):
    told = []
    with busy.alone("create", "a.zip", told.append) as progress:
        progress.add(7)
        progress.note()
    assert (told[0].done, told[-1].done, told[-1].total) == (0, 7, 7)
