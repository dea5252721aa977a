"""The shop's collections, as ``PUT /api/collections/import`` takes them."""

from __future__ import annotations

from typing import Any

_AUTODATES = [
    {"name": "created", "type": "autodate", "onCreate": True},
    {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
]
_OWN = "@request.auth.id != '' && user = @request.auth.id"

COLLECTIONS: list[dict[str, Any]] = [
    {
        "id": "shop_profiles",
        "name": "profiles",
        "type": "base",
        "listRule": _OWN,
        "viewRule": _OWN,
        "updateRule": f"{_OWN} && @request.body.user:changed = false",
        "fields": [
            {
                "name": "user",
                "type": "relation",
                "collectionId": "_pb_users_auth_",
                "maxSelect": 1,
                "required": True,
                "cascadeDelete": True,
            },
            {"name": "bio", "type": "text", "max": 500},
            *_AUTODATES,
        ],
        "indexes": ["CREATE UNIQUE INDEX `idx_profiles_user` ON `profiles` (`user`)"],
    },
    {
        "id": "shop_products",
        "name": "products",
        "type": "base",
        "listRule": "",
        "viewRule": "",
        "fields": [
            {"name": "title", "type": "text", "required": True, "max": 100},
            {"name": "price", "type": "number", "min": 0},
            {"name": "stock", "type": "number", "min": 0, "onlyInt": True},
            *_AUTODATES,
        ],
        "indexes": [],
    },
    {
        "id": "shop_orders",
        "name": "orders",
        "type": "base",
        "listRule": _OWN,
        "viewRule": _OWN,
        "createRule": _OWN,
        "fields": [
            {
                "name": "user",
                "type": "relation",
                "collectionId": "_pb_users_auth_",
                "maxSelect": 1,
                "required": True,
            },
            {
                "name": "product",
                "type": "relation",
                "collectionId": "shop_products",
                "maxSelect": 1,
                "required": True,
            },
            {"name": "quantity", "type": "number", "required": True, "min": 1, "onlyInt": True},
            *_AUTODATES,
        ],
        "indexes": ["CREATE INDEX `idx_orders_user` ON `orders` (`user`, `created`)"],
    },
]
