"""Whose data is kept where: told to the person (exporting) and taken from every table (erasing)."""

from core.privacy import own  # noqa: F401  (registers core's part)
