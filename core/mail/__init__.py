"""E-mail by transactional outbox: queued in the change's transaction, rendered and sent after it, never lost.

A service calls `queue_email`; an app's `emails.py` registers with `@email` what renders it when it is sent.
"""

from core.mail.care import cancel, check_cancel, check_resend, oldest_due_age, preview, prune_outbox, resend
from core.mail.content import Attachment, Rendered, RenderError, email, render, title_of
from core.mail.delivery import OWN_ERRORS, Drained, drain, send
from core.mail.queue import Mail, hand_over_on_commit, message, queue_email

__all__ = [
    "OWN_ERRORS",
    "Attachment",
    "Drained",
    "Mail",
    "RenderError",
    "Rendered",
    "cancel",
    "check_cancel",
    "check_resend",
    "drain",
    "email",
    "hand_over_on_commit",
    "message",
    "oldest_due_age",
    "preview",
    "prune_outbox",
    "queue_email",
    "render",
    "resend",
    "send",
    "title_of",
]
