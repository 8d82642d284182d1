"""JSON of any shape that is kept as it comes: what goes in must come out of each database, and to each client."""

LEAST, MOST = -(2**63), 2**63 - 1


def holds_huge_number(value: object) -> bool:
    """Past int64, whole or not: PostgreSQL gives 1e300 back as an integer of 301 digits, which no answer can carry."""
    if isinstance(value, int | float):
        return not LEAST <= value <= MOST
    if isinstance(value, dict):
        return any(map(holds_huge_number, value.values()))
    return isinstance(value, list) and any(map(holds_huge_number, value))
