"""``geoPoint``: longitude and latitude in degrees, 0,0 when empty. Source: field_geo_point.go."""

from __future__ import annotations

from typing import Any

from collections_app.fields import point
from collections_app.fields.base import FieldType, Shape, register
from collections_app.fields.columns import PointColumn
from collections_app.fields.value_types import Kind, ValueType
from core_app.errors import FieldError, required


@register
class GeoPointField(FieldType):
    type_name = "geoPoint"
    shape = Shape.JSON
    has_json_paths = True

    @property
    def value_type(self) -> ValueType:
        return ValueType(Kind.POINT)

    def model_field(self) -> PointColumn:
        return PointColumn(db_column=self.name)

    def zero(self) -> point.Point:
        return point.EMPTY_POINT.copy()

    def prepare(self, raw: Any) -> point.Point:
        """Return the point of an object or its JSON text; 0,0 for anything else."""
        return point.read_point(raw)

    def is_zero(self, value: Any) -> bool:
        return not value["lon"] and not value["lat"]

    def validate(self, value: point.Point) -> None:
        """Raise ``FieldError`` for the first of: missing, latitude, longitude out of range."""
        if self.is_zero(value):
            if self.options.required:
                raise required()
        elif not -90 <= value["lat"] <= 90:
            raise FieldError(
                "validation_invalid_latitude", "Latitude must be between -90 and 90 degrees."
            )
        elif not -180 <= value["lon"] <= 180:
            raise FieldError(
                "validation_invalid_longitude", "Longitude must be between -180 and 180 degrees."
            )

    def to_stored(self, value: point.Point) -> str:
        return point.point_text(value)

    def from_stored(self, stored: Any) -> point.Point:
        return point.read_point(stored)

    def to_public(self, value: point.Point) -> Any:
        return point.public_point(value)
