import os
from contextlib import suppress

import pytest

from ops_app.backups import swap

pytestmark = pytest.mark.sqlite

OURS = {"secret_key": "k", "hooks/h": "h"}
OLD = {"data.db": "old", "data.db-wal": "wal", "storage/a/b": "1", **OURS}
NEW = {"data.db": "new", "auxiliary.db": "log", "storage/c": "2"}
STAYS = {"backups/x.zip": "zip", ".write.lock": "", "run/socket": ""}


def fill(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def prepared(data):
    fill(data, OLD | STAYS)
    fill(swap.stage_folder(), NEW)
    swap.prepare("x.zip", swap.Scope())
    return data


def test_nothing_is_under_way(data):
    assert (swap.is_under_way(), swap.read(), swap.key()) == (False, None, "")
    swap.revert()
    assert contents(data) == {}


def test_exchange(prepared):
    assert (swap.read().phase, swap.key()) == (swap.Phase.STAGED, "x.zip")
    swap.apply()
    assert swap.read().phase is swap.Phase.TRIAL
    kept = {f".restore/old/{name}": content for name, content in OLD.items()}
    found = contents(prepared)
    found.pop(".restore/state")
    assert found == NEW | STAYS | kept
    swap.finish()
    assert contents(prepared) == NEW | STAYS
    assert not swap.is_under_way()


def test_what_pocketbase_does_not_back_up_stays(data):
    fill(data, OLD | {"public/index.html": "page", "types.d.ts": "t"})
    fill(swap.stage_folder(), NEW)
    swap.prepare("x.zip", swap.Scope(keeps_ours=True))
    swap.apply()
    swap.finish()
    assert contents(data) == NEW | OURS | {"public/index.html": "page"}


def test_helper_files_that_come_meanwhile_go_out(prepared):
    fill(prepared, {"auxiliary.db-shm": "late"})
    swap.apply()
    swap.finish()
    assert contents(prepared) == NEW | STAYS


def test_back_after_a_failed_trial(prepared):
    swap.apply()
    fill(prepared, {"data.db-wal": "of the new", "data.db-shm": "of the new"})
    swap.revert()
    assert contents(prepared) == OLD | STAYS


@pytest.mark.parametrize("at", range(9))
@pytest.mark.parametrize("again", [None, 0, 1, 2, 3])
def test_cut_off_anywhere(prepared, monkeypatch, at, again):
    """Whatever has been renamed when the process dies, in going back too: all is as before."""
    replace = os.replace

    def dying(after):
        done = [0]

        def rename(source, target):
            if ".restore/state" not in str(target):
                if done[0] == after:
                    raise KeyboardInterrupt
                done[0] += 1
            replace(source, target)

        return rename

    monkeypatch.setattr(os, "replace", dying(at))
    with suppress(KeyboardInterrupt):
        swap.apply()
    if again is not None:
        monkeypatch.setattr(os, "replace", dying(again))
        with suppress(KeyboardInterrupt):
            swap.revert()
    monkeypatch.setattr(os, "replace", replace)
    swap.revert()
    assert contents(prepared) == OLD | STAYS


def test_the_database_alone(data):
    """What is not named stays, whether it was there or comes meanwhile; and the way back."""
    database = ("data.db", "data.db-wal", "data.db-shm")
    fill(data, OLD | STAYS)
    fill(swap.stage_folder(), {"data.db": "new"})
    swap.prepare("x", swap.Scope(only=database))
    fill(data, {"auxiliary.db": "log", "data.db-shm": "late", ".data.db-litestream/a": "notes"})
    swap.apply()
    rest = {name: text for name, text in OLD.items() if name not in database}
    came = rest | STAYS | {"auxiliary.db": "log"}
    found = contents(data)
    assert {name: text for name, text in found.items() if ".restore" not in name} == (
        came | {"data.db": "new"}
    )
    fill(data, {"data.db-wal": "new", ".data.db-litestream/a": "notes"})
    swap.revert()
    assert contents(data) == came | OLD | {"data.db-shm": "late"}
