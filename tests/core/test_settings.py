"""What production refuses at its start, and what the environment may turn off."""

import os
import subprocess
import sys
from pathlib import Path

from config.checks import check_session_keys

ROOT = Path(__file__).resolve().parents[2]
ASK = """
from django.conf import settings
print(settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD)
"""
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DUTYBOARD_ENV": "production",
    "SITE_URL": "https://duty.example.org",
    "EMAIL_URL": "smtp://mail.example.org",
}


def start(**environment: str) -> subprocess.CompletedProcess:
    """A process that reads the settings, with the running test's own keys and database."""
    return subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env={**os.environ, **PRODUCTION, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_debug_is_refused_in_production():
    found = start(DEBUG="1")
    assert found.returncode != 0
    assert "DEBUG must be off in production" in found.stderr


def test_production_gives_its_own_key_for_session_tokens():
    found = start(SESSION_JWT_KEY="")
    assert found.returncode != 0
    assert "SESSION_JWT_KEY must be set in production" in found.stderr


def test_a_short_key_for_session_tokens_is_told(settings):
    settings.SESSION_JWT_KEYS = ["long-enough-" * 3, "short"]
    assert [finding.id for finding in check_session_keys(None)] == ["dutyboard.E002"]
    settings.SESSION_JWT_KEYS = ["long-enough-" * 3]
    assert check_session_keys(None) == []


def test_the_reach_of_hsts_is_whole_by_default_and_may_be_narrowed():
    assert start().stdout.split() == ["True", "True"]
    narrow = start(SECURE_HSTS_INCLUDE_SUBDOMAINS="0", SECURE_HSTS_PRELOAD="0")
    assert narrow.stdout.split() == ["False", "False"]
