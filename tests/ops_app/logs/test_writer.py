from core_app.settings_store.shape import Logs
from ops_app.logs import writer
from ops_app.logs.entry import Noted
from ops_app.models import LogRow


def noted(url):
    rest = [""] * 6
    return Noted(0.0, 0.001, "GET", url.encode(), 200, *rest, None, Logs())


def test_what_the_disk_cannot_keep_up_with_is_told(db, monkeypatch, caplog):
    monkeypatch.setattr(writer, "MOST_KEPT", 3)
    kept = writer.LogWriter()
    for n in range(5):
        kept.add(noted(f"/{n}"))
    kept.flush()
    assert [row.message for row in LogRow.objects.order_by("message")] == [
        "GET /2",
        "GET /3",
        "GET /4",
    ]
    assert [record.getMessage() for record in caplog.records] == [
        "2 log entries were lost: the disk cannot keep up"
    ]
    kept.add(noted("/5"))
    kept.flush()
    assert LogRow.objects.count() == 4
    assert len(caplog.records) == 1
