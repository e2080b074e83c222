"""What all tests share: chance tests have no deadline, since a busy machine is slow for reasons of its own.

Where CI is set Hypothesis does that by itself, and takes the same examples every time.
"""

import os

from hypothesis import settings

if not os.environ.get("CI"):
    settings.register_profile("desk", deadline=None)
    settings.load_profile("desk")
