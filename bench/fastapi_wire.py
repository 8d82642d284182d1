"""What the hand-written server answers with."""

from datetime import datetime

import asyncpg


def links(url: str, page: int, size: int, total: int) -> str:
    last = max(1, -(-total // size))
    numbers = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    shown = {rel: number for rel, number in numbers.items() if 1 <= number <= last}
    return ", ".join(
        f'<{url}?page%5Bnumber%5D={number}&page%5Bsize%5D={size}>; rel="{rel}"' for rel, number in shown.items()
    )


def moment(value: datetime | None) -> str | None:
    return value and f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"


def service_json(row: asyncpg.Record | dict) -> dict:
    close = row["close_id"] and {
        "id": row["close_id"],
        "reason": row["close_reason"],
        "state": row["close_state"],
        "created_at": moment(row["close_created_at"]),
        "updated_at": moment(row["close_updated_at"]),
    }
    return {
        "id": row["id"],
        "duration": row["duration"],
        "schedule_at": moment(row["schedule_at"]),
        "occupation": row["occupation"] or None,
        "state": row["state"],
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
        "close": close,
    }
