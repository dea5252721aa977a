from core_app.replica import _Past


def test_what_a_replica_may_lack_is_bounded_by_what_was_there_a_moment_ago():
    past = _Past()
    seen = [past.reached(int(at * 10), at) for at in (100.0, 100.5, 101.0, 101.9, 102.2, 103.5)]
    assert seen == [1000, 1000, 1000, 1000, 1010, 1022]


def test_after_a_pause_a_replica_needs_all():
    past = _Past()
    for at in (100, 101, 102):
        past.reached(at, at)
    assert past.reached(500, 200) == 500
    assert past.reached(500, 200.5) == 500
    assert past.reached(600, 201) == 500
