from django.db import migrations, models

from core_app.migration_operations import AdoptModel


def insert_versions(apps, schema_editor):
    if schema_editor.connection.alias == "default":
        apps.get_model("core_app", "VersionRow").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="VersionRow",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("schema", models.BigIntegerField(default=1)),
                ("settings", models.BigIntegerField(default=1)),
            ],
            options={"db_table": "_versions"},
        ),
        AdoptModel(
            name="Param",
            fields=[
                ("id", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("value", models.TextField(default="null")),
                ("created", models.CharField(default="", max_length=30)),
                ("updated", models.CharField(default="", max_length=30)),
            ],
            options={"db_table": "_params"},
            sqlite=(
                'CREATE TABLE "_params" ('
                "\"id\" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "
                '"value" JSON DEFAULT NULL, '
                "\"created\" TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL, "
                "\"updated\" TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL)",
            ),
        ),
        migrations.RunPython(insert_versions, migrations.RunPython.noop),
    ]
