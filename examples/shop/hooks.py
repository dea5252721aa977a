"""What the shop does beside storing: profiles, stock, mails, one endpoint.

Found by itself, since the app is installed. Everything here runs for the API, the dashboard and
Python alike, because all of them write through the same door.
"""

from __future__ import annotations

from django.http import HttpRequest

from collections_app import records
from collections_app.hooks import (
    RecordEvent,
    after_record_create,
    before_record_create,
    record_created,
)
from core_app.errors import BadRequest
from core_app.hooks import on
from core_app.mail.message import Message
from core_app.mail.transport import send
from core_app.routes import route


@on(after_record_create, "users")
def make_profile(event: RecordEvent, **kwargs: object) -> None:
    """Give every new user a profile, in the transaction that makes the user."""
    records.create("profiles", user=event.record.id)


@on(before_record_create, "orders")
def take_from_stock(event: RecordEvent, **kwargs: object) -> None:
    """Refuse an order that the stock cannot serve; else lower the stock.

    This runs inside the transaction that writes the order, and until its end nobody else changes
    the product that it got, so of two orders for the last item one is refused.
    """
    product = records.get("products", event.record["product"])
    requested = event.record["quantity"]
    if product["stock"] < requested:
        raise BadRequest(f"only {product['stock']} items in stock, requested {requested}")
    product["stock"] -= requested
    product.save()


@on(record_created, "orders")
def confirm_by_mail(event: RecordEvent, **kwargs: object) -> None:
    """Tell the customer once the order is certain."""
    user = records.get("users", event.record["user"])
    product = records.get("products", event.record["product"])
    send(
        Message(
            to=user["email"],
            subject=f"Your order of {product['title']}",
            text=f"Thank you! {event.record['quantity']} x {product['title']} is on its way.",
        )
    )


@route("GET", "/api/stats")
def stats(request: HttpRequest) -> dict[str, int]:
    """Count users and orders: ``{"users": …, "orders": …}``."""
    return {"users": records.count("users"), "orders": records.count("orders")}
