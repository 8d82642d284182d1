"""Which credential made a row: from outside it alone may name it [contract 40]."""

from core.context import current_actor


def owner() -> dict:
    """As rows keep it; nothing of staff in the back office but who it was."""
    actor = current_actor()
    return {"made_by_id": actor.application_id, "made_by_user_id": actor.user_id}


def owner_of(row) -> dict:
    """Of what a row is made from: the credential that made this one."""
    return {name: getattr(row, name) for name in owner()}


def is_ours(row) -> bool:
    """Whether the one who acts made it."""
    return owner_of(row) == owner()
