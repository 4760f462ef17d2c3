"""Prints where the slides are wrong, and why."""

from . import errata

print(errata())
