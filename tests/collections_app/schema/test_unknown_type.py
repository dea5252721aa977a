import pytest

from collections_app.schema import rows
from core_app import sql
from core_app.migrating import UnreadableData


def test_a_type_that_nothing_brings(make_collection):
    """As when the hook file of a field type has gone, or cannot be imported."""
    paint = make_collection("paint")
    fields = '[{"name": "c", "id": "c1", "type": "colour"}]'
    text = sql.marked('UPDATE "_collections" SET "fields" = ? WHERE "id" = ?')
    sql.execute(text, (fields, paint.id))
    said = f"the collection '{paint.name}' cannot be read: unknown field type 'colour'; the hook "
    with pytest.raises(UnreadableData, match=said):
        rows.load()
