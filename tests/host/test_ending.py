"""A process ends although threads of it wait for something that does not come."""

import subprocess
import sys

from tests.support.waiting import DEADLINE

WAITING = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from ffremote.host.ending import end_now

began = threading.Event()
pool = ThreadPoolExecutor(1)
pool.submit(lambda: (began.set(), threading.Event().wait()))
began.wait()
print("closed")
pool.shutdown(wait=False, cancel_futures=True)
end_now(3)
"""


def test_a_thread_of_an_executor_does_not_keep_a_process_from_its_end() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WAITING], capture_output=True, timeout=DEADLINE, check=False
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (3, b"closed\n", b"")
