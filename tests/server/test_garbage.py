"""A web process looks for garbage as often as it makes some, however much was loaded before."""

from __future__ import annotations

import subprocess
import sys

from config import ROOT

PROGRAM = """
import gc, runpy
configuration = runpy.run_path("gunicorn.conf.py")
loaded = [[number] for number in range(300_000)]
configuration["post_worker_init"](None)
assert gc.get_freeze_count() >= 300_000

class Request:
    pass

def answered(kept):
    request = Request()
    request.itself = request
    kept.append(request)
    if len(kept) > 2_000:  # by then it is of the oldest generation
        kept.pop(0)

before, kept = gc.get_stats()[2]["collections"], []
for number in range(150_000):
    answered(kept)
print(gc.get_stats()[2]["collections"] - before)
"""


def test_garbage_of_requests_goes_though_all_that_was_loaded_stays() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) >= 1
