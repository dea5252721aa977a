import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor

from ops_app.serving.workers import has_ended


def test_a_process_that_another_thread_has_seen_end():
    process = multiprocessing.get_context("fork").Process(target=int)
    process.start()
    _, status = os.waitpid(process.pid, 0)  # as the other thread does
    process.join(60)
    assert process.is_alive()  # though it was joined
    assert not has_ended(process, time.monotonic())
    with ThreadPoolExecutor() as threads:
        ended = threads.submit(has_ended, process, time.monotonic() + 60)
        process._popen.returncode = os.waitstatus_to_exitcode(status)  # as it does next
        assert ended.result() is True
    assert process.exitcode == 0
