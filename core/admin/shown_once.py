"""A secret on its way from where it was made to the one page that shows it."""

from core.crypto import decrypt, encrypt


def keep(request, name: str, secret: str) -> None:
    # Encrypted, for sessions are rows of the database.
    request.session[name] = encrypt(secret.encode()).decode()


def take(request, name: str) -> str | None:
    """The secret, once."""
    kept = request.session.pop(name, None)
    return decrypt(kept.encode()).decode() if kept else None
