"""What a look at a PocketBase folder found, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

from django.template.defaultfilters import filesizeformat

from ops_app.pocketbase.comparing import OnConflict, State
from ops_app.pocketbase.files import Tally
from ops_app.pocketbase.plan import Plan, SettingsState, Step
from ops_app.pocketbase.take import Looked

_STATES = {
    State.NEW: "new",
    State.SAME: "the same here",
    State.GIVES_WAY: "takes the place of the unused one here",
    State.CLASHES: "has no place here",
}
_DIFFERS = {
    OnConflict.REFUSE: "differs here",
    OnConflict.SKIP: "differs here, ours stays",
    OnConflict.REPLACE: "differs here, becomes PocketBase's",
}


def lines(looked: Looked) -> Iterator[str]:
    """Yield the report."""
    plan = looked.plan
    width = max((len(step.meeting.source.name) for step in plan.steps), default=0)
    for step in plan.steps:
        yield f"  {step.meeting.source.name:{width}}  {', '.join(_words(step, plan))}"
    yield f"settings: {plan.settings.value}{_ours_stay(plan)}"
    yield f"files: {_files(looked)}"
    if looked.logs:
        yield f"request log: {looked.logs:,} entries"
    left_out = [*plan.source.notes, *missing(looked.files)]
    left_out += [f"view {name}: {why}" for name, why in looked.failed_views.items()]
    if left_out:
        yield "cannot be taken:"
        yield from (f"  {line}" for line in left_out)
    if looked.remarks:
        yield "taken as it is, though it would be refused if it were saved now:"
        yield from (f"  {line}" for line in looked.remarks)
    if plan.refusals:
        yield "in the way:"
        yield from (f"  {line}" for line in plan.refusals)


def missing(tally: Tally) -> Iterator[str]:
    """Yield the files that records name and that are nowhere."""
    yield from (f"file {text}: it is not in storage/" for text in tally.examples)
    if tally.missing > len(tally.examples):
        yield f"{many(tally.missing - len(tally.examples), 'file')} more"


def size(count: int) -> str:
    """Return bytes for people."""
    return filesizeformat(count).replace("\xa0", " ")


def many(count: int, what: str) -> str:
    """Return ``1 record``, ``1,200 records``."""
    return f"{count:,} {what}{'s' * (count != 1)}"


def _words(step: Step, plan: Plan) -> Iterator[str]:
    meeting, counts = step.meeting, step.counts
    yield f"view {_state(step, plan)}" if meeting.source.is_view else _state(step, plan)
    if meeting.source.is_view or meeting.state is State.CLASHES:
        return
    yield many(counts.total, "record")
    if counts.same:
        yield f"{counts.same:,} here already"
    if counts.differ:
        yield f"{counts.differ:,} differ here"
    if counts.taken:
        yield f"{counts.taken:,} with a value that is taken here"


def _state(step: Step, plan: Plan) -> str:
    if step.meeting.state is State.DIFFERS:
        return _DIFFERS[plan.policy]
    return _STATES[step.meeting.state]


def _ours_stay(plan: Plan) -> str:
    if plan.settings is not SettingsState.DIFFER:
        return ""
    return ", ours stay" if plan.policy is OnConflict.SKIP else " from those saved here"


def _files(looked: Looked) -> str:
    plan, tally = looked.plan, looked.files
    if not plan.copies_files:
        return "they stay in the bucket of the settings"
    if plan.refusals:
        return "not looked at"
    text = f"{tally.files:,} ({size(tally.size)})"
    if tally.left != tally.files:
        text += f", {tally.files - tally.left:,} of them here already"
    return text
