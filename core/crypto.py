"""Encryption at rest for what must be read again; what is only compared is hashed instead."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

__all__ = ["InvalidToken", "decrypt", "encrypt", "is_readable"]


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])


def encrypt(value: bytes) -> bytes:
    """With the first of ENCRYPTION_KEY."""
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).encrypt(value)


def decrypt(value: bytes) -> bytes:
    """With any of ENCRYPTION_KEY; raises InvalidToken."""
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).decrypt(bytes(value))


def is_readable(value: bytes) -> bool:
    """Whether any of ENCRYPTION_KEY decrypts it."""
    try:
        decrypt(value)
    except InvalidToken:
        return False
    return True
