"""Threads that are the first to read something don't end the process: msgspec has learned every type before."""

from __future__ import annotations

import subprocess
import sys

from config import ROOT

FIRST = """
import sys, threading

import msgspec

from app.api import SECTIONS

bodies = [endpoint.body for section in SECTIONS for endpoint in section.endpoints if endpoint.body is not None]
sys.setswitchinterval(1e-6)

def read(body, data, together):
    together.wait()
    msgspec.json.decode(data, type=body.type)

for body in sorted(bodies, key=lambda body: "Batch" not in str(body.type)):
    together = threading.Barrier(8)
    words = body, msgspec.json.encode(body.example), together
    threads = [threading.Thread(target=read, args=words) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(bodies))
"""


def test_threads_may_be_the_first_to_read_any_type() -> None:
    """Without it, every second run or so ends with a signal."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.returncode}: {done.stderr}"
    assert int(done.stdout) > 10
