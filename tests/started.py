"""Commands that cost no start: one process starts ours once, and forks into each command.

What a command says, and with which status it ends, is what a process of its own would have: the
fork begins where ``manage.py`` does, all imports done. Its settings are those of the first start.

``python -m tests.started`` is that process. It takes a job a line (``{"arguments", "out"}``, as
JSON) and answers each with the status; what the command wrote is in ``out/stdout`` and ``stderr``.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.servers import ROOT, Holdall


class StartedHoldall(Holdall):
    """Ours, of which commands alone are wanted; ``data`` may be filled anew between them."""

    def __enter__(self) -> StartedHoldall:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.started"],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()

    def manage(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py``, as a process of its own would."""
        with TemporaryDirectory() as out:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps({"arguments": arguments, "out": out}) + "\n")
            self._process.stdin.flush()
            status = int(self._answer())
            said = [(Path(out) / name).read_text() for name in ("stdout", "stderr")]
        return subprocess.CompletedProcess(arguments, status, *said)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def serve_forks() -> list[str] | None:
    """Answer jobs until there are no more; return, in a fork, what it has to run."""
    sys.stdout.write("started\n")
    sys.stdout.flush()
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(Path(job["out"]))
            return list(job["arguments"])
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    return None


def _become(out: Path) -> None:
    """Have nothing to read, and write into files."""
    for to, path, how in (
        (0, os.devnull, os.O_RDONLY),
        (1, out / "stdout", os.O_WRONLY | os.O_CREAT),
        (2, out / "stderr", os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(path, how, 0o600)
        os.dup2(opened, to)
        os.close(opened)


if __name__ == "__main__":
    import django
    from django.core.management import call_command, get_commands, load_command_class

    from config.command_line import main

    django.setup()
    for name, app in get_commands().items():
        load_command_class(app, name)
    call_command("check", stdout=StringIO())  # imports what the checks of every command do
    gc.freeze()  # a fork that collected what all have in common would copy it

    wanted = serve_forks()
    if wanted is not None:
        sys.argv = ["manage.py", *wanted]
        main()
