"""What stands in other tables, for the file of interventions: a few queries however many rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from core.admin.export import Told, in_parts
from interventions.models import Intervention, InterventionAnomaly
from interventions.models.anomaly import label_of


def sites_of(interventions: list[int]) -> list[str]:
    """Of each of these interventions, in their order."""
    through = Intervention.sites.through.objects.order_by("site__name", "site_id")
    return _joined(
        interventions,
        lambda some: through.filter(intervention_id__in=some).values_list("intervention_id", "site__name"),
    )


def anomalies_of(interventions: list[int]) -> list[str]:
    links = InterventionAnomaly.objects.order_by("anomaly__number")
    found = links.values_list("intervention_id", "anomaly__number")
    return _joined(
        interventions,
        lambda some: [(pk, label_of(number)) for pk, number in found.filter(intervention_id__in=some)],
    )


def _joined(interventions: list[int], look_up: Callable[[Sequence[int]], Iterable[tuple[int, str]]]) -> list[str]:
    found: dict[int, list[str]] = defaultdict(list)
    for some in in_parts(interventions):
        for pk, name in look_up(some):
            found[pk].append(name)
    return [", ".join(found[pk]) for pk in interventions]


SITES, ANOMALIES = Told("id", _("sites"), sites_of), Told("id", _("anomalies"), anomalies_of)
