"""What is imported and collected here stays to the end of a run. Looking through it for garbage, again and again while
it grows, would take a fifth of that time; it is looked for once the tests begin (`tests/conftest.py`)."""

import gc

gc.disable()
