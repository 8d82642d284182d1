"""A secret on its way from where it was made to the one page that shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core.crypto import decrypt, encrypt


@dataclass(frozen=True)
class ShownOnce:
    """`name` as the session has it; `page`: the back office's name of the address that shows it, by the row's key."""

    name: str
    page: str

    def keep(self, request, pk: int, secret: str) -> HttpResponseRedirect:
        """Encrypted, for sessions are rows of the database. To the page that shows it."""
        request.session[self._key(pk)] = encrypt(secret.encode()).decode()
        return self.redirect(pk)

    def redirect(self, pk: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:{self.page}", args=[pk]))

    def waits(self, request, pk: int) -> bool:
        return self._key(pk) in request.session

    def show(self, request, pk: int, page: Callable[[str | None], HttpResponse]) -> HttpResponse:
        """The page with the secret the first time that it is opened after that was made; then never again."""
        kept = request.session.pop(self._key(pk), None)
        response = page(decrypt(kept.encode()).decode() if kept else None)
        response["Cache-Control"] = "no-store"
        return response

    def _key(self, pk: int) -> str:
        return f"{self.name}-{pk}"
