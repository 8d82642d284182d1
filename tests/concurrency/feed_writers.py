"""A process that changes things: transactions of random length, some of them taken back. Prints what it committed.

python -m tests.concurrency.feed_writers ORGANIZATION NAME SECONDS LONGEST_SLEEP
"""

import json
import random
import sys
import time
from types import SimpleNamespace

import django

django.setup()

from core.events import record, types  # noqa: E402
from core.locks import atomic  # noqa: E402


class TakenBack(Exception):
    """One of these transactions that come to nothing."""


def main(organization: str, name: str, seconds: str, longest: str) -> None:
    chance, end, number = random.Random(name), time.monotonic() + float(seconds), 0
    kinds = [kind for kind in types() if kind.entity == "close"]
    while time.monotonic() < end:
        number += 1
        ids = [f"{name}-{number}-{part}" for part in range(chance.randint(1, 4))]
        if written(int(organization), ids, chance, kinds, float(longest)):
            print(json.dumps(ids), flush=True)


def written(organization_id: int, ids: list[str], chance: random.Random, kinds: list, longest: float) -> bool:
    """One transaction, its events in this order; whether it was committed."""
    try:
        with atomic():
            for pk in ids:
                record(chance.choice(kinds), SimpleNamespace(organization_id=organization_id, pk=pk))
                if chance.random() < 0.3:
                    time.sleep(chance.uniform(0, longest))
            if chance.random() < 0.2:
                raise TakenBack
    except TakenBack:
        return False
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
