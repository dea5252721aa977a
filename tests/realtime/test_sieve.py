"""Whom a change comes to: the sieve lets through whom asking each one would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collections_app.query.known import Known
from realtime.registry import Audience
from realtime.sieve import Sieve

_VALUES = st.dictionaries(st.sampled_from("ab"), st.sampled_from(["", "x", "y", 1, None]))


def known(needs, answer):
    """Return a rule that says ``answer``, but no where the row does not hold what it needs."""

    def says(values):
        if needs is not None and needs[0] not in values:
            return None if answer is not False else False
        return answer if needs is None or values[needs[0]] == needs[1] else False

    return Known(says, needs)


_NEEDS = st.none() | st.tuples(st.sampled_from("ab"), st.sampled_from(["", "x", "y"]))
_RULES = st.builds(known, _NEEDS, st.sampled_from([True, False, None]))


@given(st.lists(st.tuples(st.integers(1, 3), _RULES)), _VALUES)
def test_sieve(sizes, values):
    rules = [
        (tuple(Audience(None, (f"{at}-{number}",)) for number in range(size)), rule)
        for at, (size, rule) in enumerate(sizes)
    ]
    passed, open_ = Sieve(rules).sift(values)
    expected = [audience for alike, rule in rules if rule.says(values) for audience in alike]
    assert sorted(passed) == sorted(expected)
    assert sorted(open_) == sorted(alike for alike, rule in rules if rule.says(values) is None)
