"""The sample app, for a first look around: all of its collections and records, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core.files.base import ContentFile

from collections_app import records
from collections_app.records import rows
from collections_app.schema import snapshot
from collections_app.schema_edit import bulk_import
from core_app import dates, ids
from core_app.errors import BadRequest
from core_app.request_info import RequestInfo
from dashboard_app.records.together import together
from dashboard_app.sample import content, pictures, schema

DAY = timedelta(days=1)


def is_offered() -> bool:
    """Whether there is nothing of one's own yet: only the users that every start brings, empty."""
    held = snapshot.current()
    users = held.by_id.get(schema.USERS)
    own = [item for item in held.collections if not item.system and item.id != schema.USERS]
    return users is not None and not own and not rows.count(users, None)


def install(info: RequestInfo | None = None) -> None:
    """Make the collections and fill them. Raise ``ApiError``; nothing has changed then."""
    if not is_offered():
        raise BadRequest("The sample app needs a server without collections of its own.")
    photos = {place.name: pictures.landscape(place.name, place.hue) for place in content.PLACES}
    try:
        with together():
            bulk_import.run(schema.COLLECTIONS, False, info)
            snapshot.renew()
            _fill(photos)
    except BaseException:
        snapshot.renew()
        raise


def _fill(photos: dict[str, ContentFile[bytes]]) -> None:
    kinds = {
        name: records.create("kinds", name=name, position=at).id
        for at, name in enumerate(content.KINDS, 1)
    }
    people = [_person(email, name) for email, name in content.PEOPLE]
    places = {place.name: _place(place, kinds, photos) for place in content.PLACES}
    today = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for title, place, host, days, hour, price, status in content.EVENTS:
        records.create(
            "events",
            title=title,
            place=places[place],
            host=people[host],
            starts=dates.to_wire(today.replace(hour=hour) + days * DAY),
            price=price,
            status=status,
            about=f"<p><strong>{title}</strong> at {place}. Everyone is welcome.</p>",
        )
    for place, author, stars, text in content.REVIEWS:
        records.create(
            "reviews", place=places[place], author=people[author], stars=stars, text=text
        )


def _person(email: str, name: str) -> str:
    password = ids.random_string(30)  # of nobody: nobody can sign in
    made = records.create(schema.USERS, email=email, name=name, password=password, verified=True)
    return str(made.id)


def _place(
    place: content.Place, kinds: dict[str, str], photos: dict[str, ContentFile[bytes]]
) -> str:
    text = (
        f"<p>{place.summary}</p><ul><li>On foot from the harbour</li>"
        "<li>Ask for what is on this week</li></ul>"
    )
    made = records.create(
        "places",
        name=place.name,
        photo=photos[place.name],
        kind=kinds[place.kind],
        summary=place.summary,
        description=text,
        features=list(place.features),
        position={"lon": place.lon, "lat": place.lat},
        opening=content.OPENING,
        website=place.website,
        is_open=place.is_open,
    )
    return str(made.id)
