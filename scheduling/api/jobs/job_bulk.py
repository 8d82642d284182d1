"""Many jobs changed by one PATCH: all or nothing, every error under the place of its item: `[2].description` [ours]."""

from django.core.exceptions import ValidationError

from core.api.errors import Refusal, field_errors
from scheduling.api.jobs.base import JobsView
from scheduling.api.jobs.forms import Errors, Form
from scheduling.api.jobs.job_forms import JobInList
from scheduling.models import Job
from scheduling.services import jobs
from scheduling.services.job_steps import RELATED

MOST = 100
TOO_MANY = {"body": [("too_many", f"must have at most {MOST} items")]}
NO_OBJECT = {"": [("invalid", "must be an object")]}


def update_many(view: JobsView, items: list) -> None:
    """Raises a Refusal with what is wrong with any of the items."""
    if len(items) > MOST:
        raise refusal(TOO_MANY)
    forms = [read_item(view, item) for item in items]
    found = find_jobs(view, forms)
    if not any(form.errors for form in forms):
        _save(forms)
    else:
        _check(forms, found)
    errors = {
        place(number, name): texts for number, form in enumerate(forms) for name, texts in form.in_order().items()
    }
    if errors:
        raise refusal(errors)


def refusal(errors: Errors) -> Refusal:
    return Refusal(422, "invalid", "Validation failed", fields=errors)


def place(number: int, name: str) -> str:
    return f"[{number}].{name}" if name else f"[{number}]"


def read_item(view: JobsView, item: object) -> Form:
    if isinstance(item, dict):
        return view.form(JobInList, ("id",), item)
    return Form(names={}, given=[], errors=dict(NO_OBJECT))


def find_jobs(view: JobsView, forms: list[Form]) -> dict[int, Job]:
    """By id; an id that is none of the customer's, or comes twice, is noted as an error."""
    wanted = {form.values["id"] for form in forms if "id" in form.values}
    found = view.in_organizations(Job.objects.select_related(*RELATED)).in_bulk(wanted)
    seen: set[int] = set()
    for form in forms:
        pk = form.values.get("id")
        if pk is None:
            continue
        if pk not in found:
            form.errors["id"] = [("must_exist", "must exist")]
        elif pk in seen:
            form.errors["id"] = [("repeated", "is given twice")]
        seen.add(pk)
    return found


def _save(forms: list[Form]) -> None:
    updates = [jobs.JobUpdate(form.values.pop("id"), form.values) for form in forms]
    try:
        jobs.update_jobs(updates)
    except ValidationError as error:
        for name, texts in field_errors(error).items():
            number, _, inner = name.partition(".")
            form = forms[int(number)]
            form.errors[form.wire(inner)] = texts


def _check(forms: list[Form], found: dict[int, Job]) -> None:
    """What else is wrong, as some item cannot be read; nothing is written."""
    for form in forms:
        job = found.get(form.values.pop("id", None))
        if job:
            try:
                jobs.check_update(job, form.values)
            except ValidationError as error:
                form.note(error)
