"""Public holidays by a kept library, which is slow to import: only who asks for a country pays for it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def between(country: str, region: str, first: date, last: date) -> list[date]:
    """The public holidays from the first day to the last; none without a country."""
    if not country:
        return []
    import holidays

    found = holidays.country_holidays(country, subdiv=region or None, years=range(first.year, last.year + 1))
    return sorted(day for day in found if first <= day <= last)


def name_of(country: str, region: str, day: date) -> str:
    """Of the public holiday that this day is, in the reader's language if it is known; empty where it is none."""
    if not country:
        return ""
    import holidays

    named = holidays.country_holidays(country, subdiv=region or None, years=day.year, language=get_language())
    return named.get(day) or ""


def check_place(country: str, region: str, field: str = "country") -> None:
    """Refuse a country or a region that the library does not know. `field`: the one that holds the country."""
    if not country:
        return
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        raise ValidationError({field: ValidationError(_("must be a country code such as FR"), code="unknown")})
    if region and region not in known[country]:
        message = _("must be one of: %(regions)s")
        error = ValidationError(message, code="unknown", params={"regions": ", ".join(known[country])})
        raise ValidationError({"region": error})
