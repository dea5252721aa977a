"""The collections of the sample app, a guide to a small town, as an import takes them."""

from __future__ import annotations

from typing import Any

USERS = "_pb_users_auth_"
_DATES = [
    {"name": "created", "type": "autodate", "onCreate": True},
    {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
]
_THUMBS = ["100x100", "480x320"]
_IMAGES = ["image/jpeg", "image/png", "image/webp"]

KINDS: dict[str, Any] = {
    "id": "sample_kinds",
    "name": "kinds",
    "type": "base",
    "listRule": "",
    "viewRule": "",
    "fields": [
        {"name": "name", "type": "text", "required": True, "presentable": True, "max": 40},
        {"name": "position", "type": "number", "onlyInt": True, "min": 0},
        *_DATES,
    ],
    "indexes": ["CREATE UNIQUE INDEX `idx_kinds_name` ON `kinds` (`name`)"],
}

PLACES: dict[str, Any] = {
    "id": "sample_places",
    "name": "places",
    "type": "base",
    "listRule": "",
    "viewRule": "",
    "fields": [
        {"name": "name", "type": "text", "required": True, "presentable": True, "max": 80},
        {
            "name": "photo",
            "type": "file",
            "presentable": True,
            "mimeTypes": _IMAGES,
            "thumbs": _THUMBS,
        },
        {"name": "kind", "type": "relation", "collectionId": KINDS["id"], "required": True},
        {"name": "summary", "type": "text", "max": 200},
        {"name": "description", "type": "editor"},
        {"name": "features", "type": "select", "maxSelect": 5, "values": [
            "step-free", "dogs welcome", "cash only", "outdoor seats", "children",
        ]},
        {"name": "position", "type": "geoPoint"},
        {"name": "opening", "type": "json", "help": "Hours by day of the week."},
        {"name": "website", "type": "url"},
        {"name": "is_open", "type": "bool"},
        *_DATES,
    ],
    "indexes": ["CREATE UNIQUE INDEX `idx_places_name` ON `places` (`name`)"],
}  # fmt: skip

EVENTS: dict[str, Any] = {
    "id": "sample_events",
    "name": "events",
    "type": "base",
    "listRule": "",
    "viewRule": "",
    "createRule": '@request.auth.id != "" && host = @request.auth.id',
    "updateRule": "host = @request.auth.id",
    "deleteRule": "host = @request.auth.id",
    "softDelete": True,
    "softDeleteRetentionDays": 30,
    "fields": [
        {"name": "title", "type": "text", "required": True, "presentable": True, "max": 100},
        {"name": "place", "type": "relation", "collectionId": PLACES["id"], "required": True},
        {"name": "host", "type": "relation", "collectionId": USERS},
        {"name": "starts", "type": "date", "required": True},
        {"name": "price", "type": "number", "min": 0},
        {"name": "status", "type": "select", "values": ["planned", "sold out", "cancelled"]},
        {"name": "about", "type": "editor"},
        *_DATES,
    ],
    "indexes": ["CREATE INDEX `idx_events_starts` ON `events` (`starts`)"],
}

REVIEWS: dict[str, Any] = {
    "id": "sample_reviews",
    "name": "reviews",
    "type": "base",
    "listRule": "",
    "viewRule": "",
    "createRule": '@request.auth.id != "" && author = @request.auth.id',
    "updateRule": "author = @request.auth.id",
    "deleteRule": "author = @request.auth.id",
    "fields": [
        {
            "name": "place",
            "type": "relation",
            "collectionId": PLACES["id"],
            "required": True,
            "cascadeDelete": True,
        },
        {"name": "author", "type": "relation", "collectionId": USERS, "required": True},
        {"name": "stars", "type": "number", "onlyInt": True, "min": 1, "max": 5, "required": True},
        {"name": "text", "type": "text", "max": 1000},
        *_DATES,
    ],
    "indexes": ["CREATE UNIQUE INDEX `idx_reviews_once` ON `reviews` (`place`, `author`)"],
}

RATINGS: dict[str, Any] = {
    "id": "sample_ratings",
    "name": "ratings",
    "type": "view",
    "listRule": "",
    "viewRule": "",
    "viewQuery": "SELECT places.id, places.name, COUNT(reviews.id) AS reviews, "
    "AVG(reviews.stars) AS stars FROM places LEFT JOIN reviews ON reviews.place = places.id "
    "GROUP BY places.id",
}

COLLECTIONS = (KINDS, PLACES, EVENTS, REVIEWS, RATINGS)
