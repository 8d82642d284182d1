"""What a page of interventions holds beside its own rows: one query for each kind, whatever the page's size."""

from collections import defaultdict
from collections.abc import Collection
from functools import partial

from django.db.models import Count

from interventions.api.intervention_rights import Rights
from interventions.api.intervention_shapes import EXECUTOR, OF_ITS_ANOMALIES, SUB_TYPES
from interventions.api.labels import label_beside, labelled
from interventions.api.numbers import ASSIGNEES, STATUSES, TYPES
from interventions.models import AnomalyStatus, Intervention, InterventionAnomaly

Action = InterventionAnomaly.ProviderAction
CURATIVE = TYPES.number(Intervention.Kind.CURATIVE)


def complete(records: list[dict], rights: Rights, *, has_labels: bool = False) -> None:
    """Fill `siteIds`, `anomalyStats`, `actions`, and the `anomalies` of those that show them."""
    pks = [record["id"] for record in records]
    site_ids, stats = site_ids_of(pks), stats_of(pks)
    anomalies = anomalies_of(pks, has_labels=has_labels) if any("anomalies" in record for record in records) else {}
    for record in records:
        record["siteIds"] = site_ids[record["id"]]
        record["anomalyStats"] = shown_stats(stats[record["id"]], is_curative=record["type"] == CURATIVE)
        record["actions"] = rights.actions(
            STATUSES.words[record["status"]], record["assignedCompanyContactId"], record.pop(EXECUTOR)
        )
        if "anomalies" in record:
            record["anomalies"] = anomalies[record["id"]]
        if has_labels:
            label(record)


def label(record: dict) -> None:
    """Beside the numbers that no column gave."""
    label_beside(record, "subType", SUB_TYPES)
    for holder in (record, record["routine"]):
        if holder and holder["assignedTo"]:
            label_beside(holder["assignedTo"], "type", ASSIGNEES)


def site_ids_of(pks: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    links = Intervention.sites.through.objects.filter(intervention_id__in=pks).order_by("site_id")
    for pk, site_id in links.values_list("intervention_id", "site_id"):
        found[pk].append(site_id)
    return found


def anomalies_of(pks: Collection[int], *, has_labels: bool) -> dict[int, list[dict]]:
    found: dict[int, list[dict]] = defaultdict(list)
    shape = labelled(OF_ITS_ANOMALIES) if has_labels else OF_ITS_ANOMALIES
    links = InterventionAnomaly.objects.filter(intervention_id__in=pks).order_by("intervention_id", "anomaly_id")
    for pk, *values in links.values_list("intervention_id", *shape.paths()):
        found[pk].append(shape.python(iter(values)))
    return found


Stats = dict[tuple[str, str], int]


def stats_of(pks: Collection[int]) -> dict[int, Stats]:
    """How many of its anomalies are in each state, by what the provider said of them: (action, state) → number."""
    found: dict[int, Stats] = defaultdict(partial(defaultdict, int))
    links = InterventionAnomaly.objects.filter(intervention_id__in=pks).order_by()
    counted = links.values_list("intervention_id", "provider_action", "anomaly__status").annotate(Count("pk"))
    for pk, action, status, number in counted:
        found[pk][action, status] += number
    return found


def shown_stats(stats: Stats, *, is_curative: bool) -> dict:
    """Of a curative one its anomalies are counted as corrective, of any other as preventive [annex 30].

    Unreviewed: the provider said nothing of it yet. Pending: he did, and it is not resolved.
    """
    total = sum(stats.values())
    resolved = sum(number for (_, status), number in stats.items() if status == AnomalyStatus.RESOLVED)
    unreviewed = sum(
        number
        for (action, status), number in stats.items()
        if action == Action.NONE and status != AnomalyStatus.RESOLVED
    )
    corrective = {"unresolved": total - resolved, "resolved": resolved}
    preventive = {"unreviewed": unreviewed, "pending": total - resolved - unreviewed, "resolved": resolved}
    none = {"corrective": dict.fromkeys(corrective, 0), "preventive": dict.fromkeys(preventive, 0)}
    return none | ({"corrective": corrective} if is_curative else {"preventive": preventive})
