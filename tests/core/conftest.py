import io
import logging

import pytest


@pytest.fixture
def log(monkeypatch):
    """What the project's own log handler writes."""
    handler = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    monkeypatch.setattr(handler, "stream", io.StringIO())
    return handler.stream
