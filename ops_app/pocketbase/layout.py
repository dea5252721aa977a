"""The tables that PocketBase 0.40 makes for itself, as its own start makes them."""

from __future__ import annotations

#: the microsecond since the epoch at which migrations count as applied
APPLIED = 1_779_000_000_000_000
MIGRATIONS = tuple(
    (name, APPLIED)
    for name in (
        "1640988000_aux_init.go",
        "1640988000_init.go",
        "1717233556_v0.23_migrate.go",
        "1717233557_v0.23_migrate2.go",
        "1717233558_v0.23_migrate3.go",
        "1717233559_v0.23_migrate4.go",
        "1763020353_update_default_auth_alert_templates.go",
        "1778828400_normalize_indexes.go",
    )
)
#: what versions before 0.23 have left in the list of folders that are as old
EARLIER_MIGRATIONS = frozenset(
    {
        "1673167670_multi_match_migrate.go",
        "1677152688_rename_authentik_to_oidc.go",
        "1679943780_normalize_single_multiple_values.go",
        "1679943781_add_indexes_column.go",
        "1685164450_check_fk.go",
        "1689579878_renormalize_single_multiple_values.go",
        "1690319366_reset_null_values.go",
        "1690454337_transform_relations_to_views.go",
        "1691747913_resave_views.go",
        "1692609521_copy_display_fields.go",
        "1701496825_allow_single_oauth2_provider_in_multiple_auth_collections.go",
        "1702134272_set_default_json_max_size.go",
        "1718706525_add_login_alert_column.go",
    }
)

_ID = "TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL"
_NOW = "TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL"

DATA = (
    "CREATE TABLE `_migrations` (file VARCHAR(255) PRIMARY KEY NOT NULL, applied INTEGER NOT NULL)",
    f"CREATE TABLE `_params` (`id` {_ID}, `value` JSON DEFAULT NULL, `created` {_NOW}, "
    f"`updated` {_NOW})",
    f"CREATE TABLE `_collections` (`id` {_ID}, `system` BOOLEAN DEFAULT FALSE NOT NULL, "
    "`type` TEXT DEFAULT 'base' NOT NULL, `name` TEXT UNIQUE NOT NULL, "
    "`fields` JSON DEFAULT '[]' NOT NULL, `indexes` JSON DEFAULT '[]' NOT NULL, "
    "`listRule` TEXT DEFAULT NULL, `viewRule` TEXT DEFAULT NULL, `createRule` TEXT DEFAULT NULL, "
    "`updateRule` TEXT DEFAULT NULL, `deleteRule` TEXT DEFAULT NULL, "
    f"`options` JSON DEFAULT '{{}}' NOT NULL, `created` {_NOW}, `updated` {_NOW})",
    "CREATE INDEX idx__collections_type on `_collections` (`type`)",
)
LOGS = (
    f"CREATE TABLE `_logs` (`id` {_ID}, `level` INTEGER DEFAULT 0 NOT NULL, "
    "`message` TEXT DEFAULT '' NOT NULL, `data` JSON DEFAULT '{}' NOT NULL, "
    f"`created` {_NOW})",
    "CREATE INDEX idx_logs_level on `_logs` (`level`)",
    "CREATE INDEX idx_logs_message on `_logs` (`message`)",
    "CREATE INDEX idx_logs_created_hour on `_logs` (strftime('%Y-%m-%d %H:00:00', `created`))",
)
