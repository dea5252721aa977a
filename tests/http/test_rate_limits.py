import pytest

from core_app import rate_limits
from core_app.rate_limits import find_rule
from core_app.settings_store import store
from core_app.settings_store.shape import RateLimitRule
from core_app.shared_counters import SharedCounters
from tests.makers import text

REFUSED = {"data": {}, "message": "Too Many Requests.", "status": 429}


@pytest.fixture(autouse=True)
def own_counters(tmp_path, monkeypatch):
    counters = SharedCounters(tmp_path / "counters")
    monkeypatch.setattr(rate_limits, "_counters", lambda: counters)


def limit(*rules, **options):
    rules = [
        {"label": label, "maxRequests": most, "duration": 1000, "audience": (who or [""])[0]}
        for label, most, *who in rules
    ]
    store.update({"rateLimits": {"enabled": True, "rules": rules, **options}})


def statuses(api, *requests):
    return [api.request(*request).status_code for request in requests]


HEALTH = ("GET", "/api/health")


def test_refused_after_the_last_allowed(api):
    limit(("/api/health", 2))
    assert statuses(api, HEALTH, HEALTH, HEALTH) == [200, 200, 429]
    response = api.get("/api/health")
    assert response.json() == REFUSED
    assert not {"Retry-After", "X-RateLimit-Limit"} & set(response.headers)


def test_off(api):
    limit(("/api/", 1))
    store.update({"rateLimits": {"enabled": False}})
    assert statuses(api, *[HEALTH] * 3) == [200] * 3


def test_a_prefix_is_one_bucket(api):
    limit(("/api/", 2))
    assert statuses(api, HEALTH, ("GET", "/api/x"), ("GET", "/api"), ("GET", "/x")) == [
        *(200, 404, 429, 404),
    ]


def test_method_labels_know_case_and_head(api):
    limit(("GET /api/health", 1))
    assert statuses(api, HEALTH, ("HEAD", "/api/health"), HEALTH) == [200, 200, 429]


def test_superusers_and_excluded_addresses_are_not_counted(api, root_api):
    limit(("/api/health", 1))
    assert statuses(root_api, *[HEALTH] * 3) == [200] * 3
    limit(("/api/health", 1), excludedIPs=["127.0.0.0/8"])
    assert statuses(api, *[HEALTH] * 3) == [200] * 3


def test_preflights_are_not_counted(api):
    limit(("/api/", 1))
    assert statuses(api, *[("OPTIONS", "/api/health")] * 3) == [204] * 3


def test_audience(api, make_user):
    limit(("/api/health", 1, "@guest"), ("/api/heal", 1, "@auth"))
    assert statuses(api, HEALTH, HEALTH) == [200, 429]
    assert statuses(api.as_(make_user()), HEALTH, HEALTH) == [200, 200]


def test_addresses_are_apart(api):
    limit(("/api/health", 1))
    store.update({"trustedProxy": {"headers": ["X-IP"]}})
    assert statuses(api.using(X_IP="1.1.1.1"), HEALTH, HEALTH) == [200, 429]
    assert statuses(api.using(X_IP="2.2.2.2"), HEALTH, HEALTH) == [200, 429]


def test_settings_start_all_over(api):
    limit(("/api/health", 1))
    assert statuses(api, HEALTH, HEALTH) == [200, 429]
    store.update({"meta": {"appName": "x"}})
    assert statuses(api, HEALTH, HEALTH) == [200, 429]


def test_collections_count_by_themselves(api, make_collection):
    for name in ("one", "two"):
        make_collection(name, text("title"), list_rule="", create_rule="")
    limit(("*:list", 1), ("/api/", 2))
    one, two = (("GET", f"/api/collections/{name}/records") for name in ("one", "two"))
    assert statuses(api, one, two, one, two) == [200, 200, 429, 429]
    create = ("POST", "/api/collections/one/records")
    assert statuses(api, create, create, create) == [200, 200, 429]
    assert statuses(api, HEALTH, HEALTH, HEALTH) == [200, 200, 429]


def test_own_label_goes_before_the_common_one(api, make_collection):
    one = make_collection("one", text("title"), list_rule="")
    limit(("one:list", 2), ("*:list", 1))
    by_id, by_name = (("GET", f"/api/collections/{key}/records") for key in (one.id, "ONE"))
    assert statuses(api, by_id, by_name, by_id) == [200, 200, 429]


def test_counted_before_rules_are_asked(api, make_collection):
    make_collection("one", text("title"))
    limit(("*:list", 1))
    locked = ("GET", "/api/collections/one/records")
    assert statuses(api, locked, locked) == [403, 429]
    unknown = ("GET", "/api/collections/nope/records")
    assert statuses(api, unknown, unknown) == [404, 404]


def test_sign_ins_share_a_tag(api, make_user):
    make_user()
    limit(("*:auth", 1))
    sign_in = ("POST", "/api/collections/users/auth-with-password", {"identity": "a"})
    assert statuses(api, sign_in, sign_in) == [400, 429]


def test_renamed_collection_keeps_its_limits(root_api, make_collection):
    one = make_collection("one", text("title"))
    limit(("one:list", 5), ("*:list", 9), ("oneother:list", 3))
    root_api.patch(f"/api/collections/{one.id}", {"name": "first"})
    labels = [rule.label for rule in store.current().rate_limits.rules]
    assert labels == ["first:list", "*:list", "oneother:list"]


@pytest.mark.parametrize(
    ("rules", "labels", "audience", "found"),
    [
        (["/api/", "/api/health"], ["GET /api/health", "/api/health"], "@guest", "/api/health"),
        (["GET /api/", "/api/health"], ["GET /api/health", "/api/health"], "@guest", "GET /api/"),
        (["/a/", "/a/b/"], ["GET /a/b/c", "/a/b/c"], "@guest", "/a/"),
        (["/a/b/", "/a/"], ["GET /a/b/c", "/a/b/c"], "@guest", "/a/b/"),
        (["*:list", "/x"], ["c:list", "*:list", "GET /x", "/x"], "@guest", "*:list"),
        (["/api/"], ["GET /api", "/api"], "@guest", "/api/"),
        (["/api/"], ["GET /apis", "/apis"], "@guest", None),
        (["/a@auth"], ["GET /a", "/a"], "@guest", None),
        (["/a@auth"], ["GET /a", "/a"], "@auth", "/a"),
    ],
)
def test_which_rule(rules, labels, audience, found):
    made = []
    for rule in rules:
        label, mark, who = rule.partition("@")
        made.append(RateLimitRule(label=label, audience=mark + who, duration=1, max_requests=1))
    rule = find_rule(made, labels, audience)
    assert (rule and rule.label) == found
