"""People and rows for the back office's tests, and the forms as a browser would send them."""

from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Membership, Organization, Role, User
from scheduling.models import Close
from scheduling.services.closes import Nested, create_close

PASSWORD = "correct-horse-battery"


def organization(name="Paris", **values) -> Organization:
    return Organization.objects.create(name=name, **{"time_zone": "Europe/Paris", **values})


def person(login: str, role: Role, *organizations: Organization, **values) -> User:
    user = User.objects.create_user(login, PASSWORD, email=f"{login}@example.org", **values)
    for place in organizations:
        Membership.objects.create(user=user, organization=place, role=role)
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def close_of(student: User, closer: User, place: Organization, *nested: dict, **values) -> Close:
    values = {"user": student, "closer": closer, "kind": "other", "reason": "Noise", **values}
    return create_close(place, values, [Nested(one) for one in nested])


def url(model: str, page: str, *args) -> str:
    return reverse(f"admin:{model}_{page}", args=args)


def sent_form(client: Client, address: str) -> dict:
    """What a browser would send back if nothing were touched: every field of the form and of its inlines."""
    page = client.get(address).context
    with timezone.override(ZoneInfo(page["clock_zone"])):
        return _sent(page)


def _sent(page) -> dict:
    data = dict(_fields(page["adminform"].form))
    for inline in page["inline_admin_formsets"]:
        data |= dict(_fields(inline.formset.management_form))
        for form in inline.formset.initial_forms:
            data |= dict(_fields(form))
    return data


def press(client: Client, model: str, pk: int, button: str, *, version: int | None = None, **values):
    """The answer to a button of the row's form, or to "delete", pressed on the page as it is now (or as it was)."""
    seen = version or client.get(url(model, "change", pk)).context["seen_version"]
    if button == "delete":
        return client.post(url(model, "delete", pk), {"post": "yes", "version": seen}, follow=True)
    return client.post(url(model, "do", pk, button), {**values, **({"version": seen} if seen else {})}, follow=True)


def _fields(form):
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        if hasattr(widget, "decompress"):
            for position, part in enumerate(widget.decompress(value)):
                yield f"{bound.html_name}_{position}", "" if part is None else str(part)
        elif isinstance(value, bool):
            yield from [(bound.html_name, "on")] if value else []
        else:
            yield bound.html_name, "" if value is None else value


def errors_of(response) -> dict:
    return response.context["adminform"].form.errors


def messages_of(response) -> str:
    return "\n".join(str(message) for message in response.context["messages"])
