"""Handlers of no app's own rows: call a URL, send a message, run a maintenance command [contract 50]."""

import io
import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.changes import refuse
from core.locks import atomic
from core.mail import queue_email
from core.models import OutboxMessage
from core.one_line import ONE_LINE
from core.outbound import check_url, post_to
from core.service_scripts import Run, only, service_script
from svctasks.emails import MESSAGE
from svctasks.models import ServiceRun

logger = logging.getLogger("dutyboard.svctasks")

# The whole installation's maintenance; without arguments.
COMMANDS = ("clearsessions", "doctor", "purge", "send_outbox")
LONGEST_SUBJECT, LONGEST_MESSAGE = 200, 20_000
ANSWER_KEPT = 2000


# -- a URL --------------------------------------------------------------------------------------------------


def check_call(params: dict[str, Any]) -> None:
    only(params, "url", "body")
    check_url("params", params.get("url"))


@service_script(
    "call_url", title=gettext_lazy("Posts its `body` as signed JSON to its `url`"), check=check_call, calls_out=True
)
def call_url(run: Run) -> dict:
    answer = post_to(run, run.params["url"], run.params.get("body", {}))
    return {"status": answer.status, "answer": answer.text[:ANSWER_KEPT]}


# -- a message ----------------------------------------------------------------------------------------------


def check_message(params: dict[str, Any]) -> None:
    only(params, "to", "subject", "text")
    to, subject = _text(params, "to", 254), _text(params, "subject", LONGEST_SUBJECT)
    _text(params, "text", LONGEST_MESSAGE)
    try:
        validate_email(to)
        ONE_LINE(subject)
    except ValidationError as error:
        raise ValidationError({"params": error}) from None


def _text(params: dict[str, Any], name: str, longest: int) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        refuse("params", "text", _("%(name)s must be a text of 1 to %(longest)d signs"), name=name, longest=longest)
    return value


@service_script(
    "send_message",
    title=gettext_lazy("Sends an e-mail with its `subject` and `text` to the address in `to`"),
    check=check_message,
)
@atomic
def send_message(run: Run) -> dict:
    """Once a run, also where a worker died and the run came again."""
    row = ServiceRun.objects.select_for_update(of=("self",)).get(public_id=run.key)
    about = {"kind": MESSAGE, "entity": row._meta.label_lower, "entity_id": row.pk}
    if OutboxMessage.objects.filter(organization=run.organization, **about).exists():
        return {"queued": 0}
    queue_email(
        kind=MESSAGE,
        organization=run.organization,
        recipient=None,
        address=run.params["to"],
        language=run.organization.language,
        entity=row,
        params={name: run.params[name] for name in ("subject", "text")},
    )
    return {"queued": 1}


# -- a command ----------------------------------------------------------------------------------------------


def check_command(params: dict[str, Any]) -> None:
    only(params, "command")
    if params.get("command") not in COMMANDS:
        refuse("params", "command", _("command must be one of %(commands)s"), commands=", ".join(COMMANDS))


@service_script(
    "run_command", title=gettext_lazy("Runs the maintenance command named in `command`"), check=check_command
)
def run_command(run: Run) -> dict:
    """What it says is of all organizations, so it goes to the server's log alone."""
    name, output = run.params["command"], io.StringIO()
    try:
        call_command(name, stdout=output, stderr=output)
    except SystemExit:
        raise CommandError(f"{name} found something wrong; the server's log has it") from None
    finally:
        logger.info("%s: %s", name, output.getvalue().strip())
    return {"command": name}
