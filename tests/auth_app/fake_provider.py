"""An OAuth2 provider on this machine: the code says who the user is, so tests need no set-up."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from auth_app.oauth2 import exchange

CLIENT_ID, CLIENT_SECRET = "client id", "client/secret"
#: seconds between two looks at whether to stop
POLL_S = 0.01


def code_for(**user):
    """Return the code of a user; ``token`` in it is what the token address answers beside."""
    return base64.urlsafe_b64encode(json.dumps(user).encode()).decode()


class FakeProvider:
    """``/token`` takes the header, ``/token-body`` the body alone; ``/user`` tells who it is."""

    def __init__(self):
        self.requests = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, b"")

            def do_POST(self):
                length = int(self.headers.get("Content-Length") or 0)
                provider.answer(self, self.rfile.read(length))

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        serve = self.server.serve_forever
        self.thread = threading.Thread(target=serve, args=(POLL_S,), daemon=True)
        self.thread.start()
        # Another one may have had this port, and been found to want the secret elsewhere.
        exchange._wants_body.clear()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def config(self, name="oidc", **changes):
        """Return the settings with which a collection uses this provider."""
        return {
            "name": name,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "authURL": f"{self.url}/authorize",
            "tokenURL": f"{self.url}/token",
            "userInfoURL": f"{self.url}/user",
            **changes,
        }

    def answer(self, handler, raw):
        form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
        self.requests.append((handler.path, dict(handler.headers), form))
        status, body, kind = self.respond(handler, form)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def respond(self, handler, form):
        json_type = "application/json"
        path = handler.path.partition("?")[0]
        if path.startswith("/token"):
            code = form.get("code", "")
            if code == "refused":
                return 400, {"error": "invalid_grant"}, json_type
            if path == "/token-body" and "client_secret" not in form:
                return 401, {"error": "invalid_client"}, json_type
            user = json.loads(base64.urlsafe_b64decode(code))
            extra = user.pop("token", {})
            if path == "/token-form":
                return 200, f"access_token={code}&token_type=bearer".encode(), "text/plain"
            return 200, {"access_token": code, "token_type": "bearer", **extra}, json_type
        token = handler.headers.get("Authorization", "").partition(" ")[2]
        user = json.loads(base64.urlsafe_b64decode(token))
        user.pop("token", None)
        if path == "/user/emails":
            return 200, user.get("emails", []), json_type
        status = user.get("status")
        return status if isinstance(status, int) else 200, user, json_type
