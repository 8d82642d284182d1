"""Small steps that every service takes."""

from collections.abc import Callable
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.db import models


def apply_changes(row: models.Model, values: dict) -> set[str]:
    """Set these fields on the row; the names of those whose value really changed."""
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    return changed


def refuse(field: str, code: str, message, **params) -> NoReturn:
    raise ValidationError({field: ValidationError(message, code=code, params=params or None)})


def check_all(*checks) -> None:
    """Run every check and raise one ValidationError with all that they found."""
    errors: dict = {}
    for check in checks:
        try:
            check()
        except ValidationError as error:
            errors = error.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def under_number(number: int, check: Callable[[], object]) -> None:
    """The errors of one of a list stand under its place in it: `0.description`."""
    try:
        check()
    except ValidationError as error:
        raise ValidationError({f"{number}.{name}": found for name, found in error.error_dict.items()}) from None


def check_fields(row: models.Model, changed) -> None:
    """The model's own rules on these fields alone: forms of values, then Model.clean()."""
    others = {field.name for field in row._meta.fields if field.name not in changed or _is_loaded(row, field)}
    check_all(lambda: row.clean_fields(exclude=others), row.clean)


def _is_loaded(row: models.Model, field: models.Field) -> bool:
    """Whether the row that a foreign key names is in memory already: to ask whether it exists would cost a query."""
    return isinstance(field, models.ForeignKey) and field.is_cached(row) and getattr(row, field.name) is not None
