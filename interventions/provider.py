"""The provider's page of an intervention, behind a signed link: the date is agreed on, and the visit begun with the PIN
and signed. GET shows, POST acts."""

import re
from base64 import b64encode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.context import name_actor
from core.errors import Busy, StaleVersion, StateConflict
from core.locks import BUSY
from core.pages import by_link, page, private, shown_version
from interventions.emails import language_of
from interventions.models import Execution, Intervention, InterventionStatus
from interventions.provider_forms import SignForm
from interventions.provider_links import linked_intervention
from interventions.services.executing import execute
from interventions.services.pins import WrongPin, begin_with_pin
from interventions.services.provider import accept_date, refuse_date
from interventions.shown import facts, links_of

Text = str | Promise
S = InterventionStatus
STALE = _("This visit was changed in the meantime. See how it stands now.")
WHY = _("Say why the date does not suit you.")
# One sentence for all, as it says neither which it was nor when the lock ends.
WRONG_PIN = _("This code is not right. After five wrong ones, wait 15 minutes before you try again.")
NO_PIN = _("The code has six digits.")
A_PIN = re.compile(r"\A[0-9]{6}\Z")


@by_link
def provider_page(request: HttpRequest, token: str) -> HttpResponse:
    intervention = linked_intervention(token)
    # What is refused is put into words at once, so the whole of it is in the page's language.
    with translation.override(language_shown(request, intervention)):
        if request.method == "POST":
            return act(request, intervention, token)
        return show(request, intervention)


def language_shown(request: HttpRequest, intervention: Intervention) -> str:
    """That of who makes the visit, unless the page's switch says otherwise."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else language_of(intervention)


# -- shown --------------------------------------------------------------------------------------------------


def show(request: HttpRequest, intervention: Intervention, status: int = 200, **more) -> HttpResponse:
    """As it stands; `more`: an error, and what was typed before it came."""
    values = facts(intervention)
    if intervention.status == S.IN_PROGRESS and "form" not in more:
        more["form"] = SignForm(intervention, values["links"])
    context = {
        **values,
        "state": intervention.status,
        "signed": signed_of(intervention),
        "other_languages": [one for one in settings.LANGUAGES if one[0] != translation.get_language()],
        **more,
    }
    language = translation.get_language()
    return page(request, "provider/intervention.html", context, intervention.organization, language, status)


def signed_of(intervention: Intervention) -> dict | None:
    """What was stated under the signature, once it was."""
    execution: Execution | None = intervention.execution
    if execution is None:
        return None
    picture = b64encode(bytes(execution.signature)).decode()
    return {"execution": execution, "picture": f"data:image/png;base64,{picture}" if picture else ""}


# -- done ---------------------------------------------------------------------------------------------------


def act(request: HttpRequest, intervention: Intervention, token: str) -> HttpResponse:
    """What was done before, or cannot be done any more, is shown as it is."""
    if not intervention.assigned_company_contact_id:
        name_actor(user_id=intervention.assigned_user_id)
    state, deed = DEEDS.get(request.POST.get("act", ""), ("", None))
    refused = None
    try:
        if deed and intervention.status == state:
            refused = deed(request, intervention)
    except StateConflict:
        pass
    except StaleVersion:
        refused = look_again(request, token)
    except Busy:
        refused = show(request, linked_intervention(token), 409, error=BUSY, typed=request.POST)
    return refused or private(HttpResponseRedirect(request.get_full_path()))


def look_again(request: HttpRequest, token: str) -> HttpResponse | None:
    """Another date is proposed by now; one that was answered is shown as it is."""
    fresh = linked_intervention(token)
    return show(request, fresh, 409, error=STALE) if fresh.status == S.PROPOSED else None


def accept(request: HttpRequest, intervention: Intervention) -> HttpResponse | None:
    return answer(request, intervention, accept_date)


def refuse(request: HttpRequest, intervention: Intervention) -> HttpResponse | None:
    if not request.POST.get("comment", "").strip():
        return show(request, intervention, 422, refusal_error=WHY)
    return answer(request, intervention, refuse_date)


def answer(request: HttpRequest, intervention: Intervention, service) -> HttpResponse | None:
    """Of the page as it was shown: a date that was changed since is not agreed on unseen."""
    comment = request.POST.get("comment", "").replace("\r\n", "\n").strip()
    try:
        service(intervention.pk, comment, link_version=intervention.link_version, versions=shown_version(request))
    except StaleVersion:
        raise
    except ValidationError as error:
        return show(request, intervention, 422, comment_error=error.messages[0], typed=request.POST)
    return None


def enter_pin(request: HttpRequest, intervention: Intervention) -> HttpResponse | None:
    pin = "".join(request.POST.get("pin", "").split())
    # What is no code at all was mistyped: it says nothing about the right one, and costs no try.
    if not A_PIN.match(pin):
        return show(request, intervention, 422, pin_error=NO_PIN)
    try:
        begin_with_pin(intervention.pk, pin)
    except WrongPin:
        return show(request, intervention, 422, pin_error=WRONG_PIN)
    return None


def sign(request: HttpRequest, intervention: Intervention) -> HttpResponse | None:
    form = SignForm(intervention, links_of(intervention), request.POST)
    if form.is_valid():
        try:
            execute(intervention.pk, form.signed(), **form.signature())
            return None
        except ValidationError as error:
            form.take_errors(error)
        except Busy:
            form.add_error(None, BUSY)
    return show(request, intervention, 422, form=form)


DEEDS = {
    "accept": (S.PROPOSED, accept),
    "refuse": (S.PROPOSED, refuse),
    "pin": (S.PLANNED, enter_pin),
    "sign": (S.IN_PROGRESS, sign),
}
