from __future__ import annotations

from django.db import migrations, models

from core_app.migration_operations import AdoptModel


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core_app", "0001_initial")]

    operations = [
        AdoptModel(
            name="Collection",
            fields=[
                ("id", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("system", models.BooleanField(default=False)),
                ("type", models.CharField(default="base", max_length=20)),
                ("name", models.CharField(max_length=255, unique=True)),
                ("fields", models.TextField(default="[]")),
                ("indexes", models.TextField(default="[]")),
                ("list_rule", models.TextField(db_column="listRule", null=True)),
                ("view_rule", models.TextField(db_column="viewRule", null=True)),
                ("create_rule", models.TextField(db_column="createRule", null=True)),
                ("update_rule", models.TextField(db_column="updateRule", null=True)),
                ("delete_rule", models.TextField(db_column="deleteRule", null=True)),
                ("options", models.TextField(default="{}")),
                ("created", models.CharField(default="", max_length=30)),
                ("updated", models.CharField(default="", max_length=30)),
            ],
            options={"db_table": "_collections"},
            sqlite=(
                'CREATE TABLE "_collections" ('
                "\"id\" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "
                '"system" BOOLEAN DEFAULT FALSE NOT NULL, '
                "\"type\" TEXT DEFAULT 'base' NOT NULL, "
                '"name" TEXT UNIQUE NOT NULL, '
                "\"fields\" JSON DEFAULT '[]' NOT NULL, "
                "\"indexes\" JSON DEFAULT '[]' NOT NULL, "
                '"listRule" TEXT DEFAULT NULL, '
                '"viewRule" TEXT DEFAULT NULL, '
                '"createRule" TEXT DEFAULT NULL, '
                '"updateRule" TEXT DEFAULT NULL, '
                '"deleteRule" TEXT DEFAULT NULL, '
                "\"options\" JSON DEFAULT '{}' NOT NULL, "
                "\"created\" TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL, "
                "\"updated\" TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL)",
                'CREATE INDEX "idx__collections_type" ON "_collections" ("type")',
            ),
        ),
    ]
