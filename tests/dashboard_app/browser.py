"""A headless Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import ConsoleMessage, Error, Page, sync_playwright

Answer = TypeVar("Answer")

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
#: generous, for a machine that does much else
WAIT_S = 60


class Browser:
    """One browser window while the ``with`` block lasts.

    Playwright runs an event loop in the thread it is called from, and Django refuses the database
    there: so it has a thread of its own.
    """

    def __init__(self, width: int = 1400, height: int = 1000) -> None:
        self.size = width, height
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browser")
        self._complaints: list[str] = []

    @staticmethod
    def absent() -> str:
        """Return why there is none, ``""`` if there is."""
        return "" if shutil.which("chromium") else "Chromium is not installed"

    def __enter__(self) -> Browser:
        try:
            self._thread.submit(self._start).result()
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    def _start(self) -> None:
        self.playwright = sync_playwright().start()
        try:
            self.browser = self.playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            width, height = self.size
            self._page = self.browser.new_page(viewport={"width": width, "height": height})
        except BaseException:
            self.playwright.stop()
            raise
        self._page.set_default_timeout(WAIT_S * 1000)
        self._page.on("dialog", lambda dialog: dialog.accept())  # of unsaved changes, say
        self._page.on("console", self._heard)
        self._page.on("pageerror", lambda error: self._complaints.append(str(error)))

    def __exit__(self, *error: object) -> None:
        def stop() -> None:
            try:
                self.browser.close()
            finally:
                self.playwright.stop()

        self._thread.submit(stop).result()
        self._thread.shutdown()

    def do(self, act: Callable[[Page], Answer]) -> Answer:
        """Return what ``act`` returns, called with Playwright's page in the browser's thread."""
        return self._thread.submit(act, self._page).result()

    def open(self, url: str) -> None:
        self.do(lambda page: page.goto(url))

    def sign_out(self) -> None:
        """Forget all cookies."""
        self.do(lambda page: page.context.clear_cookies())

    @property
    def url(self) -> str:
        return self.do(lambda page: page.url)

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return str(self.run("return document.body.innerText"))

    @contextmanager
    def other_window(self, opening: Callable[[Page], object]) -> Iterator[Page]:
        """Inside, all is done in the window that ``opening`` opens; then in this one again."""

        def opened(page: Page) -> Page:
            with page.expect_popup() as found:
                opening(page)
            return found.value

        first = self._page
        self._page = self.do(opened)
        try:
            yield self._page
        finally:
            self._page = first

    def run(self, script: str, *arguments: Any) -> Any:
        """Run JavaScript and return what it returns; it has ``arguments``."""
        function = f"given => (function () {{ {script}\n}}).apply(null, given)"
        return self.do(lambda page: page.evaluate(function, list(arguments)))

    def type(self, selector: str, text: str) -> None:
        """Type into an input, replacing what is there."""
        self.do(lambda page: page.locator(selector).first.fill(text))

    def press(self, *keys: str) -> None:
        """Press keys by name, where the focus is."""
        self.do(lambda page: [page.keyboard.press(key) for key in keys])

    def choose_file(self, selector: str, path: Path) -> None:
        self.do(lambda page: page.locator(selector).first.set_input_files(path))

    def click(self, selector: str) -> None:
        self.do(lambda page: page.locator(selector).first.click())

    def wait_for(self, script: str, wait_s: float = WAIT_S) -> Any:
        """Return what ``return script`` gives as soon as that is truthy.

        An error counts as not yet: an element may still be missing, the page be on its way.
        """
        deadline = time.monotonic() + wait_s
        problem = ""
        while time.monotonic() < deadline:
            try:
                if found := self.run(f"return {script}"):
                    return found
            except Error as error:
                problem = str(error)
            time.sleep(0.05)
        raise AssertionError(f"never true: {script}\n{problem}\n{self.text}")

    def resize(self, width: int, height: int) -> None:
        self.size = width, height
        self.do(lambda page: page.set_viewport_size({"width": width, "height": height}))

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """Write what is seen as a PNG; ``whole`` takes the page as high as it is."""
        self.do(lambda page: page.screenshot(path=path, full_page=whole, animations="disabled"))

    def problems(self) -> list[str]:
        """Return what the browser has complained about since the last call."""
        found, self._complaints = self._complaints, []
        return found

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(f"{message.location.get('url', '')}: {message.text}")
