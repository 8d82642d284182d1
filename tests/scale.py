"""How heavy the heavy tests are."""

import os


def scaled(count: int) -> int:
    """`count` under SOAK=1 (make soak), else a tenth of it, and never less than one."""
    return count if os.environ.get("SOAK") == "1" else max(1, count // 10)
