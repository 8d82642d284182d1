"""Ids as people, forms and addresses write them."""

# An id has at most 63 bits.
MOST_DIGITS = 18


def id_in(text: str) -> int | None:
    """None in what is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
