"""What taking in a PocketBase folder will do here, worked out before anything is touched."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from auth_app.names import AUTH_ORIGINS, MFAS, OTPS
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.settings_store import store
from core_app.settings_store.shape import S3, Settings
from ops_app.pocketbase import records
from ops_app.pocketbase.comparing import Meeting, OnConflict, State, meet
from ops_app.pocketbase.records import Counts
from ops_app.pocketbase.source import Source

_PASSING = frozenset({MFAS, OTPS, AUTH_ORIGINS})


class SettingsState(enum.StrEnum):
    """What becomes of PocketBase's settings."""

    TAKEN = "taken"
    SAME = "the same here"
    LEFT_OUT = "left out, as asked"
    ABSENT = "not there"
    SEALED = "encrypted"
    DIFFER = "differ"


@dataclass(frozen=True, slots=True)
class Step:
    """One collection of PocketBase: what it meets, and what its records meet."""

    meeting: Meeting
    counts: Counts

    @property
    def is_passing(self) -> bool:
        """Whether its records live for minutes, or come by themselves: ours stay, unasked."""
        return self.meeting.source.name in _PASSING


@dataclass(frozen=True, slots=True)
class Plan:
    """``refusals`` say why nothing may be done; empty if it can be.

    ``s3`` is where files lie afterwards.
    """

    source: Source
    policy: OnConflict
    steps: tuple[Step, ...]
    settings: SettingsState
    s3: S3
    refusals: tuple[str, ...]

    @property
    def copies_files(self) -> bool:
        """Whether files are to be copied: not if they are in a bucket already."""
        return self.source.settings is None or not self.source.settings.s3.enabled

    @property
    def takes_settings(self) -> bool:
        return self.settings is SettingsState.TAKEN


def make(source: Source, held: Snapshot, policy: OnConflict, *, with_settings: bool) -> Plan:
    """Compare the attached database with ours. Reads, and changes nothing."""
    steps = tuple(_step(meet(item, held, policy), policy) for item in source.collections)
    ours = store.current()
    settings = _settings_state(source, ours, policy, with_settings=with_settings)
    theirs = source.settings
    s3 = theirs.s3 if theirs and settings is SettingsState.TAKEN else ours.s3
    refusals = [
        *(line for step in steps for line in _step_refusals(step, policy)),
        *_settings_refusals(settings, policy),
        *_file_refusals(source, ours.s3, s3, held),
    ]
    return Plan(source, policy, steps, settings, s3, tuple(refusals))


def _step(meeting: Meeting, policy: OnConflict) -> Step:
    source, here = meeting.source, meeting.here
    if source.is_view or meeting.state is State.CLASHES:
        return Step(meeting, Counts(0))
    meets_records = meeting.state in (State.SAME, State.DIFFERS) and here is not None
    if here is None or not meets_records or not records.exist(here):
        return Step(meeting, Counts(records.total(source)))
    replacing = policy is OnConflict.REPLACE
    return Step(meeting, records.compare(source, here, replacing=replacing))


def _step_refusals(step: Step, policy: OnConflict) -> Iterator[str]:
    meeting, counts = step.meeting, step.counts
    name = f'collection "{meeting.source.name}"'
    if meeting.state is State.CLASHES:
        yield f"{name} ({meeting.source.id}) has no place: {meeting.why[0]}"
    if policy is OnConflict.REFUSE and meeting.state is State.DIFFERS:
        yield f"{name} is here and differs: {', '.join(meeting.why)}"
    if step.is_passing:
        return
    ids = f" ({', '.join(counts.examples)}, …)" if counts.examples else ""
    if policy is OnConflict.REFUSE and counts.differ:
        yield f"{name}: records are here and differ: {counts.differ:,}{ids}"
    if policy is not OnConflict.SKIP and counts.taken:
        yield f"{name}: records whose unique value another has here: {counts.taken:,}{ids}"


def _settings_state(
    source: Source, ours: Settings, policy: OnConflict, *, with_settings: bool
) -> SettingsState:
    if not with_settings:
        return SettingsState.LEFT_OUT
    if source.sealed:
        return SettingsState.SEALED
    if source.settings is None:
        return SettingsState.ABSENT
    if source.settings == ours:
        return SettingsState.SAME
    if ours == Settings() or policy is OnConflict.REPLACE:
        return SettingsState.TAKEN
    return SettingsState.DIFFER


def _settings_refusals(settings: SettingsState, policy: OnConflict) -> Iterator[str]:
    if settings is SettingsState.SEALED:
        yield (
            "the settings are encrypted: set HOLDALL_ENCRYPTION_KEY to the key that PocketBase has "
            "by --encryptionEnv, or leave them out with --no-settings"
        )
    if settings is SettingsState.DIFFER and policy is OnConflict.REFUSE:
        yield "settings were saved here, and differ (--no-settings leaves PocketBase's out)"


def _file_refusals(source: Source, before: S3, after: S3, held: Snapshot) -> Iterator[str]:
    theirs = source.settings.s3 if source.settings else None
    if theirs is not None and theirs.enabled and theirs != after:
        yield f"the files are in the bucket {theirs.bucket}; the settings here name another place"
    elsewhere = before != after and (before.enabled or after.enabled)
    if elsewhere and _has_files(held):
        yield (
            "PocketBase's settings keep files in another place than those here, which would be "
            "lost: leave them out with --no-settings"
        )


def _has_files(held: Snapshot) -> bool:
    return any(records.exist(item) for item in held.collections if keeps_files(item))


def keeps_files(collection: CollectionDef) -> bool:
    """Whether records of this collection may have files."""
    return bool(collection.lifecycle_fields) and not collection.is_view
