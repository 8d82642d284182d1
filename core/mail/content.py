"""What a message says: one registered function a kind, run when the message is sent."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.conf import settings
from django.template import Context
from django.template.engine import Engine
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext as _

from core.models import OutboxMessage


class RenderError(Exception):
    """The message's own function or template failed."""


class Attachment(NamedTuple):
    """`mimetype` may carry parameters, as "text/calendar; method=PUBLISH"."""

    name: str
    content: str | bytes
    mimetype: str


@dataclass(frozen=True)
class Rendered:
    """A message. Where a signed link belongs, its bodies hold `token` until one of the two methods is called.

    `address`: whom it goes to now, where that may have changed since it was queued.
    """

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    link: Callable[[], str] | None = None
    token: str = ""
    address: str = ""

    def for_sending(self) -> "Rendered":
        """With the signed link, made now."""
        if self.link is None:
            return self
        url = _made(self.link)
        return self._filled(url, escape(url))

    def for_reading(self) -> "Rendered":
        """As it is kept and shown to staff: a placeholder stands for the signed link."""
        if self.link is None:
            return self
        placeholder = _("personal link")
        return self._filled(f"[{placeholder}]", "#")

    def _filled(self, in_text: str, in_html: str) -> "Rendered":
        text, html = self.text.replace(self.token, in_text), self.html.replace(self.token, in_html)
        return replace(self, text=text, html=html, link=None, token="")


Renderer = Callable[[OutboxMessage], Rendered | None]
_emails: dict[str, Renderer] = {}
_titles: dict[str, str | Promise] = {}


def email(kind: str, title: str | Promise = "") -> Callable[[Renderer], Renderer]:
    """Register the function that renders this kind from its row; it answers None when the message is no longer due.

    `title` is what staff read in the outbox.
    """

    def register(function: Renderer) -> Renderer:
        if _emails.setdefault(kind, function) is not function:
            raise ValueError(f"two functions render the e-mail {kind!r}")
        _titles[kind] = title
        return function

    return register


def title_of(kind: str) -> str:
    return str(_titles.get(kind) or kind.replace("_", " ").capitalize())


def render(
    row: OutboxMessage,
    context: dict,
    *,
    link: Callable[[], str] | None = None,
    attachments: Iterable[Attachment] = (),
    address: str = "",
) -> Rendered:
    """Fill templates/emails/<app>/<kind>.{subject.txt,txt,html}; <app> is that of the registered function.

    The templates also get `organization`, `recipient` (None when there is no account), `language`, `site_url` and,
    where `link` is given, `link`. `link` makes the absolute signed URL; it is called when the message is sent only.
    `address` as Rendered has it.
    """
    token = secrets.token_hex(16) if link else ""
    name = f"emails/{_app_of(row.kind)}/{row.kind}"
    values = _common(row) | {"link": token} | context
    return Rendered(
        subject=" ".join(_fill(f"{name}.subject.txt", values, escaping=False).split()),
        text=_fill(f"{name}.txt", values, escaping=False).strip() + "\n",
        html=_fill(f"{name}.html", values, escaping=True),
        attachments=tuple(attachments),
        link=link,
        token=token,
        address=address,
    )


def render_row(row: OutboxMessage) -> Rendered | None:
    """The row's message in its language and its organization's zone. Raises RenderError."""
    try:
        with translation.override(row.language), timezone.override(row.organization.zone):
            return _emails[row.kind](row)
    except Exception as error:
        raise RenderError(f"{type(error).__name__}: {error}") from error


def _made(link: Callable[[], str]) -> str:
    try:
        return link()
    except Exception as error:
        # Its text may hold the signed part, and would be kept as the row's last error.
        raise RenderError(f"{type(error).__name__} in making the link") from None


def _app_of(kind: str) -> str:
    return _emails[kind].__module__.split(".")[0]


def _common(row: OutboxMessage) -> dict:
    return {
        "organization": row.organization,
        "recipient": row.recipient,
        "language": row.language,
        "site_url": settings.SITE_URL,
    }


def _fill(template: str, values: dict, *, escaping: bool) -> str:
    # Plain text must not be escaped, whatever its template forgets to say.
    return Engine.get_default().get_template(template).render(Context(values, autoescape=escaping))
