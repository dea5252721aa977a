def test_guest(api):
    response = api.get("/api/health")
    assert response.status_code == 200
    assert response.content == b'{"message":"API is healthy.","code":200,"data":{}}'
    assert dict(response.headers) == {
        "Content-Type": "application/json",
        "Vary": "Origin",
        "X-XSS-Protection": "1; mode=block",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def test_picked_fields(api):
    assert api.get("/api/health", fields="code").json() == {"code": 200}


def test_superuser(root_api):
    assert root_api.get("/api/health").json() == {
        "message": "API is healthy.",
        "code": 200,
        "data": {"canBackup": True, "realIP": "127.0.0.1", "possibleProxyHeader": ""},
    }


def test_proxy_header_is_noticed(root_api):
    seen = root_api.using(X_Forwarded_For="1.2.3.4").get("/api/health").json()["data"]
    assert seen["possibleProxyHeader"] == "X-Forwarded-For"


def test_user_sees_what_a_guest_sees(api, make_user):
    assert api.as_(make_user()).get("/api/health").json()["data"] == {}
