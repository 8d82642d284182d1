"""Signed links for people without a log-in: id, purpose, version, expiry; made when the mail is sent [contract 00]."""

import time
from datetime import timedelta

from django.core import signing


class BadLink(Exception):
    """Expired, tampered or made for another purpose: all the same to the caller."""


def sign_link(purpose: str, row_id: int, version: int, lifetime: timedelta) -> str:
    """A token for one purpose on one row; it stops when the row's link version grows or the lifetime ends."""
    expires = int(time.time() + lifetime.total_seconds())
    return signing.dumps([row_id, version, expires], salt=f"dutyboard.{purpose}", compress=False)


def read_link(purpose: str, token: str) -> tuple[int, int]:
    """(row id, version) of a token that holds; else BadLink."""
    try:
        row_id, version, expires = signing.loads(token, salt=f"dutyboard.{purpose}")
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    if expires < time.time():
        raise BadLink
    return row_id, version
