from __future__ import annotations

import pytest

from collections_app.schema import lookup, snapshot
from collections_app.schema_edit import bootstrap, service
from core_app.models import VersionRow

pytestmark = pytest.mark.django_db

SYSTEM = {
    "_mfas": "pbc_2279338944",
    "_otps": "pbc_1638494021",
    "_externalAuths": "pbc_2281828961",
    "_authOrigins": "pbc_4275539003",
    "_superusers": "pbc_3142635823",
}


def test_a_new_data_folder_has_them_in_order():
    held = snapshot.current().collections
    assert [(item.name, item.id) for item in held] == [
        *SYSTEM.items(),
        ("users", "_pb_users_auth_"),
    ]
    assert [item.name for item in held if item.system] == list(SYSTEM)


def test_indexes_of_auth_collections_are_named_after_the_id(index_sql):
    assert index_sql("users") == [
        "CREATE UNIQUE INDEX `idx_tokenKey__pb_users_auth_` ON `users` (`tokenKey`)",
        "CREATE UNIQUE INDEX `idx_email__pb_users_auth_` ON `users` (`email`) WHERE `email` != ''",
    ]


def test_running_it_again_changes_nothing(everything):
    service.update(lookup.get("users"), {"listRule": ""})
    before = everything()
    bootstrap.ensure_system_collections()
    assert everything() == before


def test_what_was_deleted_on_purpose_stays_deleted():
    service.delete(lookup.get("users"))
    bootstrap.ensure_system_collections()
    assert lookup.find("users") is None


def test_another_database_is_left_alone(everything):
    before = everything()
    bootstrap.after_migrate(using="auxiliary")
    assert everything() == before


def test_there_is_one_row_of_versions():
    assert VersionRow.objects.count() == 1
