"""``file``: the stored names of one or several files. Source: PocketBase core/field_file.go.

New files come only as uploads; text can keep, reorder or remove names that are already there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.base import File

from collections_app.fields.base import FieldOptions, FieldType, register
from collections_app.fields.casting import to_list
from collections_app.fields.items import ItemsField
from collections_app.fields.options import range_error
from collections_app.fields.value_types import Kind, ValueType
from core_app.errors import FieldError, required
from storage_app import deletion, thumb_images
from storage_app.type_aliases import is_same
from storage_app.uploads import State, Upload

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef

DEFAULT_MAX_SIZE = 5 << 20
MAX_NAME = 150
MAX_SHOWN = 250  # bytes of a name in a message
_SAFE_NAME = re.compile(r"[^./\\][^/\\]+")
_NO_SIZE = re.compile(r"0x0[tbf]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions(FieldOptions):
    maxSelect: int = 0  # 0 and 1: a single file
    maxSize: int = 0  # bytes of one file; 0 means 5 MiB
    mimeTypes: tuple[str, ...] = ()  # empty: any
    thumbs: tuple[str, ...] = ()  # sizes as in ``storage_app.thumb_images``
    protected: bool = False  # fetching asks the view rule


@register
class FileField(ItemsField):
    type_name = "file"
    options_class = FileOptions
    has_lifecycle = True
    takes_files = True
    options: FileOptions

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        errors = super().check_options(collection, original)
        for key in ("maxSelect", "maxSize"):
            if error := range_error(getattr(self.options, key), 0):
                errors[key] = error
        bad_thumbs = {
            str(at): error
            for at, size in enumerate(self.options.thumbs)
            if size and (error := _thumb_error(size))
        }
        if bad_thumbs:
            errors["thumbs"] = bad_thumbs
        return errors

    @property
    def max_size(self) -> int:
        """The most bytes of one file."""
        return self.options.maxSize or DEFAULT_MAX_SIZE

    @property
    def body_allowance(self) -> int:
        return self.max_size * int(self.max_select)

    @property
    def value_type(self) -> ValueType:
        return ValueType(Kind.FILE, self.is_multiple)

    # --- a value --------------------------------------------------------------------------

    def prepare(self, raw: Any) -> Any:
        """Return names and uploads without blanks and duplicates; a single field keeps the last."""
        return self._settled(_items(raw))

    def modify(self, modifier: str, current: Any, raw: Any) -> Any:
        """Return ``current`` with names or uploads appended, prepended or removed."""
        now, given = self.items(current), _items(raw)
        if modifier == "-":
            return self._settled([item for item in now if item not in given])
        both = [*now, *given] if modifier == "+" else [*given, *now]
        return self._settled(list(dict.fromkeys(both)))

    def brings_uploads(self, raw: Any) -> bool:
        return any(
            isinstance(one, File | Upload) for one in (raw if isinstance(raw, list) else [raw])
        )

    def items(self, value: Any) -> list[str]:
        """Return a value as a list; an upload is one item, whatever its name looks like."""
        return [value] if isinstance(value, Upload) else super().items(value)

    def validate_change(self, value: Any, before: Any, *, is_new: bool) -> None:
        """Refuse names that the record does not have: a file is new only as an upload."""
        known = set() if is_new else set(self.items(before))
        unknown = [
            item for item in self.items(value) if not isinstance(item, Upload) and item not in known
        ]
        if unknown:
            unknown = [_shortened(name) for name in unknown]
            raise FieldError(
                "validation_invalid_file",
                f"Invalid new files: [{' '.join(unknown)}].",
                {"invalidFiles": unknown},
            )

    def validate(self, value: Any) -> None:
        """Raise ``FieldError`` for the first of: missing, too many, an upload that is refused."""
        items = self.items(value)
        if not items and self.options.required:
            raise required()
        if len(items) > self.max_select:
            raise FieldError(
                "validation_too_many_files",
                f"The maximum allowed files is {self.max_select}.",
                {"maxSelect": self.max_select},
            )
        for item in items:
            if isinstance(item, Upload) and item.state is State.NEW:
                self._validate_upload(item)

    def to_stored(self, value: Any) -> str:
        return super().to_stored(value) if self.is_multiple else str(value)

    def names(self, stored: Any) -> list[str]:
        """Return the file names of a stored value."""
        return to_list(stored)

    def to_public(self, value: Any) -> Any:
        return [str(name) for name in value] if self.is_multiple else str(value)

    def to_request(self, value: Any) -> Any:
        """Uploads are seen as their names and size, what is stored already as its name."""
        seen = [_described(item) for item in self.items(value)]
        return seen if self.is_multiple else seen[0] if seen else ""

    # --- around a write -------------------------------------------------------------------

    def before_write(self, collection: CollectionDef, record_id: str, value: Any) -> None:
        for upload in _uploads(value):
            upload.store(collection.id, record_id)

    def write_failed(self, collection: CollectionDef, record_id: str, value: Any) -> None:
        for upload in _uploads(value):
            upload.take_back(collection.id, record_id)

    def write_committed(
        self, collection: CollectionDef, record_id: str, value: Any, before: Any
    ) -> None:
        kept = set(self.items(value))
        for upload in _uploads(value):
            upload.keep()
        dropped = [name for name in self.items(before) if name not in kept]
        deletion.remove_files(collection.id, record_id, dropped)

    def delete_committed(self, collection: CollectionDef, record_id: str, value: Any) -> None:
        deletion.remove_record(collection.id, record_id)

    def _validate_upload(self, upload: Upload) -> None:
        if not 1 <= len(upload) <= MAX_NAME:
            raise FieldError(
                "validation_length_out_of_range",
                f"The length must be between 1 and {MAX_NAME}.",
                {"min": 1, "max": MAX_NAME},
            )
        if not _SAFE_NAME.fullmatch(upload):
            raise FieldError("validation_match_invalid", "Must be in a valid format.")
        if upload.size > self.max_size:
            raise FieldError(
                "validation_file_size_limit",
                f"Failed to upload {upload.original_name} - the maximum allowed file size is "
                f"{self.max_size} bytes.",
                {"file": upload.original_name, "maxSize": self.max_size},
            )
        allowed = self.options.mimeTypes
        if allowed and not any(is_same(upload.content_type, name) for name in allowed):
            raise FieldError(
                "validation_invalid_mime_type",
                f'"{upload}" mime type must be one of: {", ".join(allowed)}.',
            )


def _items(raw: Any) -> list[Any]:
    """Return names (``str``) and uploads in order, each name once. Files become uploads."""
    if isinstance(raw, Upload):
        return [raw]
    if isinstance(raw, File):
        return [Upload.of(raw)]
    if not isinstance(raw, (list, tuple)):
        return list(to_list(raw))
    by_name: dict[str, Any] = {}
    for item in raw:
        # an item that is a list itself counts if it holds exactly one
        inner = _items(item)
        if len(inner) == 1:
            by_name.setdefault(inner[0], inner[0])
    return list(by_name.values())


def _shortened(name: str) -> str:
    return name.encode()[:MAX_SHOWN].decode(errors="replace")


def _described(item: str) -> Any:
    if not isinstance(item, Upload):
        return item
    return {"name": str(item), "originalName": item.original_name, "size": item.size}


def _uploads(value: Any) -> Iterable[Upload]:
    items = value if isinstance(value, list) else (value,)
    return (item for item in items if isinstance(item, Upload))


def _thumb_error(size: str) -> FieldError | None:
    if not thumb_images.SIZE.fullmatch(size):
        return FieldError("validation_match_invalid", "Must be in a valid format.")
    if _NO_SIZE.fullmatch(size):
        return FieldError("validation_not_in_invalid", "Must not be in list.")
    return None
