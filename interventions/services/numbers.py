"""Numbers that an organization gives out in order, without a gap: of anomalies, of reports."""

from interventions.models import Counter


def next_numbers(organization_id: int, name: Counter.Name, count: int = 1) -> range:
    """The next ones, locked until the transaction ends. Taken last of all, so that others wait as short as can be."""
    own = Counter.objects.filter(organization_id=organization_id, name=name)
    counter = own.select_for_update().first()
    if counter is None:
        Counter.objects.bulk_create([Counter(organization_id=organization_id, name=name)], ignore_conflicts=True)
        counter = own.select_for_update().get()
    own.update(last=counter.last + count)
    return range(counter.last + 1, counter.last + 1 + count)
