"""The shop of ``examples/shop`` as its README starts it: one server with the app installed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest
from aiosmtpd.controller import Controller

from tests.ports import free_port
from tests.servers import Holdall

pytestmark = pytest.mark.server
PASSWORD = "correct-horse"


class Inbox:
    """A real SMTP server that keeps what it is given."""

    def __init__(self):
        self.messages = []
        self.arrived = threading.Event()

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope)
        self.arrived.set()
        return "250 OK"


@pytest.fixture(scope="module")
def inbox():
    box = Inbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture(scope="module")
def shop(tmp_path_factory, inbox):
    data = tmp_path_factory.mktemp("shop") / "data"
    with Holdall(data, "--workers", "2", HOLDALL_APPS="examples.shop") as server:
        made = server.manage("shop_setup")
        assert (made.returncode, made.stdout) == (0, "The shop has 3 products.\n"), made.stderr
        smtp = {"enabled": True, "host": "127.0.0.1", "port": inbox.port}
        server.http.patch("/api/settings", json={"smtp": smtp}).raise_for_status()
        yield server


@pytest.fixture
def sign_up(shop):
    """A maker of clients, each signed in as a new user."""
    with ExitStack() as clients:

        def make(name):
            email = f"{name}@example.com"
            body = {"email": email, "password": PASSWORD, "passwordConfirm": PASSWORD}
            client = clients.enter_context(
                httpx.Client(base_url=f"{shop.url}/api/collections/", timeout=30)
            )
            client.post("users/records", json=body).raise_for_status()
            signed_in = client.post(
                "users/auth-with-password", json={"identity": email, "password": PASSWORD}
            ).json()
            client.headers["Authorization"] = signed_in["token"]
            client.user_id = signed_in["record"]["id"]
            return client

        yield make


def product(shop, title):
    [found] = shop.guest.get(
        "/api/collections/products/records", params={"filter": f"title = '{title}'"}
    ).json()["items"]
    return found


def order(client, product_id, quantity):
    body = {"user": client.user_id, "product": product_id, "quantity": quantity}
    return client.post("orders/records", json=body)


def test_sign_up_makes_a_profile(sign_up):
    client = sign_up("ann")
    profiles = client.get("profiles/records").json()
    assert profiles["totalItems"] == 1
    assert profiles["items"][0]["user"] == client.user_id


def test_short_stock_refuses_the_order_and_changes_nothing(shop, sign_up):
    client, saw = sign_up("bea"), product(shop, "Saw")
    refused = order(client, saw["id"], 5)
    assert (refused.status_code, refused.json()) == (
        400,
        {"data": {}, "message": "Only 3 items in stock, requested 5.", "status": 400},
    )
    assert product(shop, "Saw") == saw
    assert client.get("orders/records").json()["totalItems"] == 0


def test_order_lowers_the_stock_and_is_confirmed_by_mail(shop, inbox, sign_up):
    client, hammer = sign_up("cid"), product(shop, "Hammer")
    inbox.arrived.clear()
    assert order(client, hammer["id"], 2).status_code == 200
    assert product(shop, "Hammer")["stock"] == hammer["stock"] - 2
    assert inbox.arrived.wait(60)
    mail = inbox.messages[-1]
    assert mail.rcpt_tos == ["cid@example.com"]
    assert b"Subject: Your order of Hammer" in mail.content


def test_orders_at_once_never_oversell(shop, sign_up):
    clients = [sign_up(f"dee{number}") for number in range(8)]
    bench = product(shop, "Workbench")
    shop.http.patch(
        f"/api/collections/products/records/{bench['id']}", json={"stock": 5}
    ).raise_for_status()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda at: order(clients[at % 8], bench["id"], 1).status_code, range(24))
        )
    assert (answers.count(200), answers.count(400)) == (5, 19)
    assert product(shop, "Workbench")["stock"] == 0


def test_stats_counts_users_and_orders(shop):
    users = shop.http.get("/api/collections/users/records").json()["totalItems"]
    orders = shop.http.get("/api/collections/orders/records").json()["totalItems"]
    answer = shop.guest.get("/api/stats")
    assert (answer.status_code, answer.json()) == (200, {"users": users, "orders": orders})


def test_setup_before_the_first_start(tmp_path):
    done = Holdall(tmp_path / "data", HOLDALL_APPS="examples.shop").manage("shop_setup")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("The shop has 3 products.\n")
