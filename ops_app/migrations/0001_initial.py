from django.db import migrations, models

from core_app.migration_operations import AdoptModel


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        AdoptModel(
            name="LogRow",
            fields=[
                ("id", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("level", models.IntegerField(default=0)),
                ("message", models.TextField(default="")),
                ("data", models.TextField(default="{}")),
                ("created", models.CharField(default="", max_length=30)),
            ],
            options={
                "db_table": "_logs",
                "verbose_name": "log entry",
                "verbose_name_plural": "log entries",
            },
            sqlite=(
                'CREATE TABLE "_logs" ('
                "\"id\" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "
                '"level" INTEGER DEFAULT 0 NOT NULL, '
                "\"message\" TEXT DEFAULT '' NOT NULL, "
                "\"data\" JSON DEFAULT '{}' NOT NULL, "
                "\"created\" TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL)",
                'CREATE INDEX "idx_logs_level" ON "_logs" ("level")',
                'CREATE INDEX "idx_logs_message" ON "_logs" ("message")',
                'CREATE INDEX "idx_logs_created_hour" ON "_logs" '
                "(strftime('%Y-%m-%d %H:00:00', \"created\"))",
            ),
        ),
    ]
