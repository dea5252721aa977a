"""Fields of the type ``editor`` in a browser: tables, media, and nothing changed unasked."""

import pytest

from tests.makers import editor, file, text
from tests.servers import ROOT
from tests.storage_app.samples import image

pytestmark = [pytest.mark.browser, pytest.mark.server]

RECORDS = "/api/collections/stories/records"
EDITOR = "hugerte.get()[0]"
READY = "document.querySelector('textarea[name=story]')?.hidden"
SAVED = "document.body.innerText.includes('changed successfully')"

#: as PocketBase's editor, other editors and clients of the API write it
KEPT = [
    "plain words",
    "<p>one <b>two</b> <i>three</i>&nbsp;four &amp; é</p>",
    "<h2>One</h2>\n<p>two</p>\n<p>&nbsp;</p>\n<ul>\n<li>three</li>\n</ul>",
    '<table style="border-collapse: collapse; width: 100%;" border="1"><colgroup>'
    '<col style="width: 50%;"><col style="width: 50%;"></colgroup>\n<tbody>\n<tr>\n<td>a</td>\n'
    "<td>&nbsp;</td>\n</tr>\n</tbody>\n</table>",
    "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
    '<p><img src="/api/files/nothing/nothing/a.png" alt="x" width="100" height="50"></p>',
    '<figure class="image"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">'
    "<figcaption>one</figcaption></figure>",
    '<iframe width="560" height="315" src="https://www.youtube.com/embed/x" title="A film" '
    'frameborder="0" allow="autoplay" allowfullscreen></iframe>',
    '<p><iframe src="https://example.com/" sandbox=""></iframe></p>',
    '<p><video controls="controls" width="300"><source src="/a.mp4" type="video/mp4"></video></p>',
    '<audio controls src="/a.mp3"></audio>',
    '<p style="text-align: center" dir="rtl" class="wide" id="first" data-x="1">x</p>',
    '<p><span style="color: rgb(230, 0, 0); background-color:#ff0">x</span><font color="red">y'
    "</font><sub>z</sub><mark>m</mark></p>",
    '<pre class="language-js"><code>let a  = 1;\n  b</code></pre>',
    '<p>a <a href="/x" target="_blank">link</a><br>b</p><hr><blockquote>c</blockquote>',
    "<details><summary>s</summary><p>x</p></details><!-- said -->",
    "<div><div>a</div>b</div><dl><dt>a</dt><dd>b</dd></dl>",
]
#: what the editor cannot hold, or must not
LEFT_ALONE = [
    "<p>x</p><script>alert(1)</script>",
    '<p onclick="alert(1)">a</p>',
    "<my-widget>x</my-widget>",
    '<svg width="10" height="10"><circle r="3"></circle></svg>',
    '<object type="text/plain"></object>',
]


@pytest.fixture(scope="module")
def stories(shared_server):
    fields = [text("title"), editor("story"), file("photos", thumbs=["50x50"], maxSelect=5)]
    made = shared_server.http.post("/api/collections", json={"name": "stories", "fields": fields})
    made.raise_for_status()
    yield RECORDS
    shared_server.http.delete("/api/collections/stories").raise_for_status()


@pytest.fixture
def write(shared_server, stories):
    """Return a function that makes a record and returns its id; none of them stays."""
    made = []

    def make(story="", **fields):
        response = shared_server.http.post(RECORDS, json={"story": story, **fields})
        response.raise_for_status()
        made.append(response.json()["id"])
        return made[-1]

    yield make
    for record_id in made:
        shared_server.http.delete(f"{RECORDS}/{record_id}").raise_for_status()


@pytest.fixture
def form(browser, signed_in):
    """Return a function that opens the form of a record."""

    def opened(record_id):
        browser.open(f"{signed_in}collections/stories/records/{record_id}/change/")
        browser.wait_for("document.querySelector('textarea[name=story] ~ button:not([hidden])')")

    return opened


def save(browser):
    browser.click("button[name=_continue]")
    browser.wait_for(SAVED)


def go_into(browser, selector):
    """Click on something in the editor."""
    browser.do(lambda page: page.frame_locator(".tox-edit-area iframe").locator(selector).click())
    browser.wait_for("document.activeElement.tagName === 'IFRAME'")


def story(server, record_id):
    return server.http.get(f"{RECORDS}/{record_id}").json()["story"]


def test_what_is_there_stays_until_somebody_writes(shared_server, browser, write, form):
    made = write()
    form(made)
    address = f"{shared_server.url}/_/static/dashboard/record/same_html.js"
    browser.do(
        lambda page: page.evaluate("async url => {globalThis.it = await import(url)}", address)
    )
    ask = f"{EDITOR}.setContent(arguments[0]);const given = {EDITOR}.getContent();"
    lost = [
        (html, given)
        for html in KEPT
        for is_same, given in [
            browser.run(ask + "return [it.isSame(given, arguments[0]), given]", html)
        ]
        if not is_same
    ]
    assert lost == []
    browser.open("about:blank")
    browser.problems()  # the pictures are not there
    for html in (KEPT[3], KEPT[7], *LEFT_ALONE[:2]):
        shared_server.http.patch(f"{RECORDS}/{made}", json={"story": html, "title": ""})
        form(made)
        is_text = browser.run("return document.querySelector('[name=story]').hidden")
        assert is_text == (html in KEPT), html
        browser.type("[name=title]", "another")
        save(browser)
        assert story(shared_server, made) == html
    browser.problems()  # that a handler is not run


@pytest.mark.parametrize("html", LEFT_ALONE)
def test_what_the_editor_cannot_hold_is_told_from_the_rest(browser, write, form, html):
    form(write(html))
    browser.wait_for("document.body.innerText.includes('does not know')")
    assert browser.run("return document.querySelector('[name=story]').hidden") is False
    browser.problems()


def test_writing_adds_and_loses_nothing(shared_server, browser, write, form):
    table = KEPT[3]
    made = write(f"<p>first</p>\n{table}")
    form(made)
    go_into(browser, "p")
    browser.press("End", *" more")
    browser.wait_for(f"{EDITOR}.getContent().includes('first more')")
    save(browser)
    assert story(shared_server, made) == f"<p>first more</p>\n{table}"
    form(made)
    browser.run(f"{EDITOR}.focus(); {EDITOR}.insertContent('x'); {EDITOR}.undoManager.undo()")
    assert browser.run("return document.querySelector('[name=story]').value").startswith("<p>first")
    browser.click("textarea[name=story] ~ button")  # as HTML
    browser.type("textarea[name=story]", "<p>typed</p>")
    browser.click("textarea[name=story] ~ button")
    browser.wait_for(f"{EDITOR}.getContent() === '<p>typed</p>'")
    go_into(browser, "p")
    browser.do(lambda page: page.keyboard.press("Control+s"))
    browser.wait_for(SAVED)
    assert story(shared_server, made) == "<p>typed</p>"
    assert browser.problems() == []


def test_a_table_from_the_toolbar(shared_server, browser, write, form):
    made = write()
    form(made)
    browser.click("[aria-label=Table]")
    browser.click(".tox-collection__item:has-text('Table')")
    browser.wait_for(
        'document.querySelector(\'[role=button][aria-label*="2 columns, 2 rows"], '
        ".tox-insert-table-picker')"
    )
    browser.press("ArrowRight", "ArrowDown", "Enter")
    browser.wait_for(f"{EDITOR}.getBody().querySelectorAll('td').length === 4")
    save(browser)
    assert story(shared_server, made).count("<td>") + story(shared_server, made).count("<td ") == 4
    assert browser.problems() == []


def test_a_picture_of_a_record_and_one_by_its_address(shared_server, browser, write, form):
    made = write(title="with pictures")
    photos = [("photos", ("a.png", image("PNG", (60, 40)))), ("photos", ("b.txt", b"no picture"))]
    stored = shared_server.http.patch(f"{RECORDS}/{made}", files=photos).json()
    name = next(name for name in stored["photos"] if name.endswith(".png"))
    url = f"{shared_server.url}/api/files/{stored['collectionId']}/{made}/{name}"
    form(made)
    browser.click("[aria-label='Pictures and media']")
    browser.click(".tox-collection__item:has-text('File of a record')")
    browser.wait_for("document.querySelector('.m-tile img')?.naturalWidth")
    assert browser.run("return document.querySelectorAll('.m-tile').length") == 1
    browser.click(".m-tile")
    browser.do(lambda page: page.locator(".m-size").select_option("50x50"))
    browser.click("dialog .ed-primary")
    browser.wait_for(f"{EDITOR}.getBody().querySelector('img')?.naturalWidth === 50")
    save(browser)
    first = f'<p><img src="{url}?thumb=50x50" alt=""></p>'
    assert story(shared_server, made) == first
    form(made)
    browser.click("[aria-label='Pictures and media']")
    browser.click(".tox-collection__item:has-text('by its address')")
    browser.wait_for("document.querySelector('.tox-dialog .tox-browse-url')")
    browser.click(".tox-browse-url")  # the same window, from within the editor's
    browser.wait_for("document.querySelector('.m-tile img')?.naturalWidth")
    browser.do(lambda page: page.locator("dialog [type=search]").fill("nothing like it"))
    browser.wait_for("document.querySelector('dialog').innerText.includes('nothing to insert')")
    browser.click("dialog button:has-text('Cancel')")
    browser.wait_for("!document.querySelector('dialog')")
    browser.type(".tox-dialog input[type=url]", url)
    browser.click(".tox-dialog__footer button:has-text('Save')")
    browser.wait_for(f"{EDITOR}.getBody().querySelectorAll('img').length === 2")
    save(browser)
    assert f'src="{url}"' in story(shared_server, made)
    assert browser.problems() == []


def test_addresses_without_this_servers_name(shared_server, browser, signed_in):
    http = shared_server.http
    fields = [editor("story", convertURLs=True)]
    http.post("/api/collections", json={"name": "portable", "fields": fields}).raise_for_status()
    link = (
        f'<p><a href="{shared_server.url}/api/health">a</a> <a href="https://a.example/">b</a></p>'
    )
    records = "/api/collections/portable/records"
    made = http.post(records, json={"story": link}).json()["id"]
    browser.open(f"{signed_in}collections/portable/records/{made}/change/")
    browser.wait_for(READY)
    browser.run(f"{EDITOR}.focus(); {EDITOR}.insertContent('c')")
    save(browser)
    stored = http.get(f"{records}/{made}").json()["story"]
    assert stored == '<p><a href="/api/health">ca</a> <a href="https://a.example/">b</a></p>'
    http.delete("/api/collections/portable").raise_for_status()
    assert browser.problems() == []


def test_the_colours_follow_the_page(browser, write, form):
    form(write("<p>one</p>"))
    ask = (
        f"const pages = [document, {EDITOR}.getDoc()];"
        "return pages.flatMap(page => [...page.querySelectorAll('link[href*=\"/skins/\"]')])"
        ".map(link => /dark/.test(new URL(link.href).pathname))"
    )
    turn = "document.documentElement.classList.toggle('dark', arguments[0])"
    for is_dark in (True, False):
        browser.run(turn, is_dark)
        browser.wait_for(f"(() => {{{ask}}})().every(item => item === {str(is_dark).lower()})")
    assert len(browser.run(ask)) >= 3


def test_the_editor_is_whole():
    """All that the page asks for is vendored."""
    script = (ROOT / "dashboard_app/static/dashboard/record/rich_text.js").read_text()
    plugins = script.split('plugins: "')[1].split('"')[0].split()
    folder = ROOT / "dashboard_app/static/dashboard/vendor/hugerte/plugins"
    assert sorted(plugins) == sorted(path.name for path in folder.iterdir())
