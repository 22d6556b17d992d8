"""Settings of Hypothesis for all tests.

No deadline, since two cores may be shared with other work. In continuous integration the examples
are the same in every run, so that a change is judged by what it changes.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile(
    "bargaining", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("bargaining")
