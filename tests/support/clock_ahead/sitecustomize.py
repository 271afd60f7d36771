"""Makes a process whose clock is 40 days ahead: Python reads this before anything else where it is on PYTHONPATH.

The product asks for its own clock by `time.time` alone (`tests/test_clock.py` holds it to that).
"""

import time

AHEAD_SECONDS = 40 * 24 * 3600

_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() + AHEAD_SECONDS
time.time_ns = lambda: _time_ns() + AHEAD_SECONDS * 10**9
