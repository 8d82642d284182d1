"""Every change of a service script, for every door."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.changes import apply_changes, check_all, refuse
from core.crypto import encrypt
from core.errors import StateConflict
from core.locks import atomic
from core.models import Organization
from core.outbound import new_secret
from core.service_scripts import handler_named
from svctasks.models import ServiceScript


@atomic
def create_script(organization: Organization, values: dict) -> tuple[ServiceScript, str]:
    """The script, and the secret with which it signs ("" where it sends nothing), which is shown this once.

    values: ServiceScript's fields. Raises ValidationError.
    """
    script = ServiceScript(organization=organization, **values)
    check_script(script)
    secret = _give_secret(script)
    script.save()
    return script, secret


@atomic
def update_script(pk: int, values: dict, versions: Collection[int] | None = None) -> tuple[ServiceScript, str]:
    """As create_script; a secret only where the script first needs one. Raises StateConflict, StaleVersion too."""
    script = ServiceScript.objects.locked(pk, versions)
    changed = apply_changes(script, values)
    if script.is_system and changed & {"code", "handler"}:
        raise StateConflict(_("A script that came with the product keeps its code and its handler"), [])
    if not changed:
        return script, ""
    check_script(script)
    secret = "" if script.secret else _give_secret(script)
    script.save()
    return script, secret


@atomic
def renew_secret(pk: int) -> str:
    """Another secret for what the script signs from now on; shown this once."""
    script = ServiceScript.objects.locked(pk)
    secret = _give_secret(script)
    if not secret:
        raise StateConflict(_("This script sends nothing that is signed"), [])
    script.save()
    return secret


@atomic
def delete_script(pk: int, versions: Collection[int] | None = None) -> None:
    script = ServiceScript.objects.locked(pk, versions)
    if script.is_system:
        raise StateConflict(_("A script that came with the product stays"), [])
    if script.tasks.exists():
        raise StateConflict(_("A service task runs this script"), [])
    script.delete()


def check_script(script: ServiceScript) -> None:
    """Raises ValidationError by field: the model's own rules, its handler's on its parameters."""
    check_all(script.full_clean, lambda: _check_params(script))


def _check_params(script: ServiceScript) -> None:
    handler = handler_named(script.handler)
    if handler is None:
        refuse("handler", "unknown", _("is none of the handlers (manage.py list_service_scripts)"))
    if not isinstance(script.params, dict):
        raise ValidationError({"params": ValidationError(_("must be an object"), code="invalid")})
    # A shipped one waits for its parameters: who enables a task of it learns what is missing.
    if script.params or not script.is_system:
        handler.check(script.params)


def _give_secret(script: ServiceScript) -> str:
    handler = handler_named(script.handler)
    if handler is None or not handler.calls_out:
        return ""
    key, shown = new_secret()
    script.secret = encrypt(key)
    return shown
