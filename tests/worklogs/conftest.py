"""What several tests of work logs look at."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.statements import sent


@pytest.fixture
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the application has sent to the database so far."""
    with sent(app) as statements:
        yield statements
