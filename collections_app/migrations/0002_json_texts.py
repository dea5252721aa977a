from __future__ import annotations

from typing import Any

from django.db import migrations

#: indexes whose expressions or conditions call functions of ours
_INDEXES = """
    SELECT DISTINCT pg_depend.objid::regclass::text FROM pg_depend
    JOIN pg_class ON pg_class.oid = pg_depend.objid AND pg_class.relkind = 'i'
    JOIN pg_proc ON pg_proc.oid = pg_depend.refobjid
    WHERE pg_depend.classid = 'pg_class'::regclass AND pg_depend.refclassid = 'pg_proc'::regclass
    AND pg_proc.pronamespace = current_schema()::regnamespace
"""


def _reindex(apps: Any, editor: Any) -> None:
    """On PostgreSQL the text of JSON has sorted keys now: build anew what was made of the older."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(_INDEXES)
        for (index,) in cursor.fetchall():
            cursor.execute(f"REINDEX INDEX {index}")  # quoted by PostgreSQL


class Migration(migrations.Migration):
    dependencies = [("collections_app", "0001_initial")]

    operations = [migrations.RunPython(_reindex, migrations.RunPython.noop)]
