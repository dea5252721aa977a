"""The collections every data folder has, as JSON: created once, with the ids that clients know."""

from __future__ import annotations

from typing import Any

from auth_app import system_fields
from auth_app.names import AUTH_ORIGINS, EXTERNAL_AUTHS, MFAS, OTPS, SUPERUSERS, USERS
from collections_app.schema_edit import bootstrap

Json = dict[str, Any]

_OWNER = (
    "@request.auth.id != '' && recordRef = @request.auth.id "
    "&& collectionRef = @request.auth.collectionId"
)
_SELF = "id = @request.auth.id"


def _text(name: str, **options: Any) -> Json:
    return {"name": name, "type": "text", "system": True, "required": True, **options}


def _dates(*, system: bool) -> list[Json]:
    date = {"type": "autodate", "system": system, "onCreate": True}
    return [{**date, "name": "created"}, {**date, "name": "updated", "onUpdate": True}]


def _belonging(collection_id: str, name: str, fields: list[Json], *indexes: str) -> Json:
    """A collection whose rows belong to auth records; only their owners see them."""
    owned = [_text("collectionRef"), _text("recordRef"), *fields]
    return {
        "id": collection_id,
        "name": name,
        "type": "base",
        "system": True,
        "listRule": _OWNER,
        "viewRule": _OWNER,
        "fields": [*owned, *_dates(system=True)],
        "indexes": list(indexes),
    }


MFAS_JSON = _belonging(
    "pbc_2279338944",
    MFAS,
    [_text("method")],
    "CREATE INDEX `idx_mfas_collectionRef_recordRef` ON `_mfas` (collectionRef,recordRef)",
)
OTPS_JSON = _belonging(
    "pbc_1638494021",
    OTPS,
    [
        {
            "name": "password",
            "type": "password",
            "system": True,
            "hidden": True,
            "required": True,
            "cost": 8,
        },
        _text("sentTo", hidden=True, required=False),
    ],
    "CREATE INDEX `idx_otps_collectionRef_recordRef` ON `_otps` (collectionRef, recordRef)",
)
EXTERNAL_AUTHS_JSON = {
    **_belonging(
        "pbc_2281828961",
        EXTERNAL_AUTHS,
        [_text("provider"), _text("providerId")],
        "CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `_externalAuths` "
        "(collectionRef, recordRef, provider)",
        "CREATE UNIQUE INDEX `idx_externalAuths_collection_provider` ON `_externalAuths` "
        "(collectionRef, provider, providerId)",
    ),
    "deleteRule": _OWNER,
}
AUTH_ORIGINS_JSON = {
    **_belonging(
        "pbc_4275539003",
        AUTH_ORIGINS,
        [_text("fingerprint")],
        "CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `_authOrigins` "
        "(collectionRef, recordRef, fingerprint)",
    ),
    "deleteRule": _OWNER,
}
SUPERUSERS_JSON: Json = {
    "id": "pbc_3142635823",
    "name": SUPERUSERS,
    "type": "auth",
    "system": True,
    "fields": [*system_fields.as_json(), *_dates(system=True)],
    "authToken": {"duration": 86_400},
}
USERS_JSON: Json = {
    "id": "_pb_users_auth_",
    "name": USERS,
    "type": "auth",
    "listRule": _SELF,
    "viewRule": _SELF,
    "createRule": "",
    "updateRule": _SELF,
    "deleteRule": _SELF,
    "fields": [
        *system_fields.as_json(),
        {"name": "name", "type": "text", "max": 255},
        {
            "name": "avatar",
            "type": "file",
            "maxSelect": 1,
            "mimeTypes": [
                "image/jpeg",
                "image/png",
                "image/svg+xml",
                "image/gif",
                "image/webp",
            ],
        },
        *_dates(system=False),
    ],
    "oauth2": {"mappedFields": {"name": "name", "avatarURL": "avatar"}},
}

for _collection in (
    MFAS_JSON,
    OTPS_JSON,
    EXTERNAL_AUTHS_JSON,
    AUTH_ORIGINS_JSON,
    SUPERUSERS_JSON,
    USERS_JSON,
):
    bootstrap.register(_collection)
