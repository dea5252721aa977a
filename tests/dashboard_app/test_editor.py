"""The collection editor in a browser: fields, rules with help, options, what saving changes."""

import pytest

from tests.makers import number, text

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def root(shared_server):
    return shared_server.http


@pytest.fixture
def make(root):
    """A maker of collections over the API, which are deleted again."""
    made = []

    def make(name, *fields, **options):
        answer = root.post("/api/collections", json={"name": name, "fields": fields, **options})
        answer.raise_for_status()
        made.append(name)
        return answer.json()

    yield make
    for name in made:
        root.delete(f"/api/collections/{name}")


def add_field(browser, type_name, name):
    browser.run(f"document.querySelector('[data-type=\"{type_name}\"]').click()")
    browser.run(
        "const input = document.activeElement; input.value = arguments[0];"
        "input.dispatchEvent(new Event('input', {bubbles: true}))",
        name,
    )


def set_option(browser, field, label, value):
    """Set one option in the opened options of a field, as a hand would."""
    browser.run(
        """
        const [field, label, value] = arguments;
        const row = [...document.querySelectorAll('.ed-field')]
            .find(item => item.querySelector('.ed-name').value === field);
        if (row.querySelector('.ed-grid').hidden) row.querySelector('[aria-controls]').click();
        const found = [...row.querySelectorAll('.ed-label')]
            .find(item => item.textContent === label);
        const control = document.getElementById(found.htmlFor);
        if (control.type === 'checkbox') {
            if (control.checked !== value) control.click();
            return;
        }
        control.value = value;
        const event = control.tagName === 'SELECT' ? 'change' : 'input';
        control.dispatchEvent(new Event(event, {bubbles: true}));
        """,
        field,
        label,
        value,
    )


def test_a_collection_with_every_type(root, browser, signed_in):
    browser.open(f"{signed_in}collections/add/")
    browser.type("input[name=name]", "everything")
    types = browser.run(
        "return [...document.querySelectorAll('[data-type]')].map(item => item.dataset.type)"
    )
    assert len(types) == 14
    for type_name in types:
        add_field(browser, type_name, f"a_{type_name}")
    set_option(browser, "a_select", "Values", "red\ngreen")
    set_option(browser, "a_select", "At most", "2")
    users = root.get("/api/collections/users").json()["id"]
    set_option(browser, "a_relation", "Collection", users)
    set_option(browser, "a_text", "Required", True)
    set_option(browser, "a_number", "Least", "0.5")
    set_option(browser, "a_file", "Thumb sizes", "100x100")
    browser.click("button[name=_save]")
    browser.wait_for("location.pathname === '/_/collections/'")
    made = root.get("/api/collections/everything").json()
    by_name = {item["name"]: item for item in made["fields"]}
    assert {by_name[f"a_{item}"]["type"] for item in types} == set(types)
    assert by_name["a_select"]["values"] == ["red", "green"]
    assert by_name["a_select"]["maxSelect"] == 2
    assert by_name["a_relation"]["collectionId"] == users
    assert by_name["a_text"]["required"] is True
    assert by_name["a_number"]["min"] == 0.5
    assert by_name["a_file"]["thumbs"] == ["100x100"]
    # dates that the server sets stay last
    assert [item["name"] for item in made["fields"]][-3:] == ["created", "updated", "a_autodate"]
    assert browser.problems() == []
    root.delete("/api/collections/everything").raise_for_status()


def test_what_will_change_is_told_first(root, make, browser, signed_in):
    made = make("posts", text("title"), number("likes"))
    root.post("/api/collections/posts/records", json={"title": "a", "likes": 3})
    browser.open(f"{signed_in}collections/{made['id']}/change/")
    browser.wait_for("document.querySelectorAll('.ed-field').length === 3")
    browser.run("document.querySelector('[aria-label=\"Remove likes\"]').click()")
    assert "likes is removed when you save." in browser.text
    add_field(browser, "bool", "seen")
    browser.run(
        "const title = document.querySelectorAll('.ed-name')[1]; title.value = 'heading';"
        "title.dispatchEvent(new Event('input', {bubbles: true}));"
        "const who = document.querySelector('[name=listRule_who]'); who.value = 'anyone';"
        "who.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    browser.click("button[name=_continue]")
    browser.wait_for("document.querySelector('dialog')?.open")
    told = browser.run(
        "return [...document.querySelectorAll('dialog li')].map(item => item.textContent)"
    )
    assert told == [
        'drops column "likes": 1 of 1 row lose a value',
        'renames column "title" to "heading", 1 row',
        'adds column "seen", empty in 1 row',
        "List and search: superusers only → everyone",
    ]
    assert root.get("/api/collections/posts").json()["fields"][1]["name"] == "title"
    browser.click("#confirm-changes")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    changed = root.get("/api/collections/posts").json()
    assert [item["name"] for item in changed["fields"]] == ["id", "heading", "seen"]
    assert changed["listRule"] == ""
    record = root.get("/api/collections/posts/records").json()["items"][0]
    assert record["heading"] == "a"
    assert browser.problems() == []


def test_fields_move_by_the_keyboard_and_an_index_is_added(root, make, browser, signed_in):
    made = make("posts", text("title"), number("likes"))
    browser.open(f"{signed_in}collections/{made['id']}/change/")
    browser.run(
        "const handle = document.querySelectorAll('.ed-handle')[1]; handle.focus();"
        "handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown'}))"
    )
    assert "title is number 3 of 3." in browser.text
    browser.run(
        "[...document.querySelectorAll('.ed-link')].find(item => "
        "item.textContent === 'Add an index').click();"
        "for (const name of ['title', 'likes']) [...document.querySelectorAll('.ed-choose label')]"
        ".find(item => item.textContent === name).click();"
        "[...document.querySelectorAll('.ed-card button')]"
        ".find(item => item.textContent === 'Add').click()"
    )
    browser.click("button[name=_continue]")
    browser.wait_for("document.querySelector('dialog')?.open")
    assert "changes the order of fields" in browser.text
    browser.click("#confirm-changes")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    stored = root.get("/api/collections/posts").json()
    assert [item["name"] for item in stored["fields"]] == ["id", "likes", "title"]
    assert stored["indexes"] == [
        "CREATE INDEX `idx_posts_title_likes` ON `posts` (`title`, `likes`)"
    ]


def test_rules_are_completed_and_checked(make, browser, signed_in):
    made = make(
        "posts",
        text("title"),
        {"name": "by", "type": "relation", "collectionId": "_pb_users_auth_"},
    )
    browser.open(f"{signed_in}collections/{made['id']}/change/")
    browser.run(
        "const who = document.querySelector('[name=listRule_who]'); who.value = 'some';"
        "who.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    rule = "[name=listRule_expression]"

    def offered():
        return browser.run(
            f"const place = document.querySelector('{rule}').closest('.ed-stack');"
            "return [...place.querySelectorAll('[role=option]')].map(item => item.textContent)"
        )

    browser.type(rule, "by.ema")
    assert offered() == ["by.email", "by.emailVisibility"]
    browser.run(
        f"const rule = document.querySelector('{rule}');"
        "rule.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'}))"
    )
    assert browser.run(f"return document.querySelector('{rule}').value") == "by.email"
    browser.type(rule, "title = @request.au")
    assert offered() == ["@request.auth."]
    browser.type(rule, "title = @todayS")
    assert offered() == ["@todayStart"]
    browser.type(rule, "nope = 1")
    said = f"document.querySelector('{rule}').closest('.ed-stack').querySelector('.ed-error')"
    browser.wait_for(f"{said}.textContent.includes('nope')")
    browser.type(rule, "title = 'x' && by = @request.auth.id")
    kinds = browser.run(
        f"return [...document.querySelector('{rule}').closest('.ed-stack')"
        ".querySelectorAll('.ed-colours span[class]')].filter(item => item.className)"
        ".map(item => [item.className.slice(6), item.textContent])"
    )
    assert kinds == [
        *(["field", "title"], ["operator", "="], ["string", "'x'"], ["operator", "&&"]),
        *(["field", "by"], ["operator", "="], ["macro", "@request.auth.id"]),
    ]
    assert browser.wait_for(f"{said}.hidden") is True
    assert browser.problems() == []


def test_sign_in_options(root, make, browser, signed_in):
    made = make("members", type="auth")
    browser.open(f"{signed_in}collections/{made['id']}/change/")
    browser.run(
        "document.querySelectorAll('details.ed-card').forEach(item => { item.open = true; })"
    )
    browser.run(
        """
        const labels = () => [...document.querySelectorAll('.ed-label')];
        const by = (label) => document.getElementById(
            labels().find(item => item.textContent === label).htmlFor);
        by('Sign in with a code from a mail').click();
        by('Sign in with OAuth2').click();
        const choice = by('Providers');
        choice.value = 'github';
        choice.dispatchEvent(new Event('change'));
        const put = (label, value) => {
            by(label).value = value;
            by(label).dispatchEvent(new Event('input', {bubbles: true}));
        };
        put('Client id', 'an id');
        put('Client secret', 'a secret');
        """
    )
    assert "/api/oauth2-redirect" in browser.text
    browser.run(
        "const button = [...document.querySelectorAll('.ed-control')].find(item => "
        "item.innerText.startsWith('Verification: text')).querySelector('.ed-link'); button.click()"
    )
    browser.wait_for("document.querySelector('iframe.ed-mail')?.srcdoc.includes('SAMPLE.TOKEN')")
    assert "Verify your Acme email" in browser.text
    browser.run("document.querySelector('dialog').close()")
    browser.click("button[name=_continue]")
    browser.wait_for("document.querySelector('dialog')?.open")
    assert "changes oauth2, otp" in browser.text
    assert "a secret" not in browser.run("return document.querySelector('dialog').textContent")
    browser.click("#confirm-changes")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    changed = root.get("/api/collections/members").json()
    assert changed["otp"]["enabled"] is True
    assert changed["oauth2"]["enabled"] is True
    assert [(item["name"], item["clientId"]) for item in changed["oauth2"]["providers"]] == [
        ("github", "an id")
    ]
    assert browser.problems() == []


def test_a_copy(root, make, browser, signed_in):
    made = make(
        "posts",
        text("title"),
        listRule="",
        indexes=["CREATE INDEX by_title ON posts (title)"],
    )
    browser.open(f"{signed_in}collections/add/?type=base&from={made['id']}")
    browser.click("button[name=_save]")
    browser.wait_for("location.pathname === '/_/collections/'")
    copy = root.get("/api/collections/posts_copy").json()
    assert ([item["name"] for item in copy["fields"]], copy["listRule"]) == (["id", "title"], "")
    assert len(copy["indexes"]) == 1
    root.delete("/api/collections/posts_copy").raise_for_status()
