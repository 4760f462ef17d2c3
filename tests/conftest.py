"""In CI the random cases are the same at every run, so that a failure belongs to the change that it meets."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
