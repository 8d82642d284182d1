import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_cached():
    """Clocks stand still here and ids come again, so that what one test counted would count in the next."""
    cache.clear()
