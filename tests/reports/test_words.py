"""The examples in the docstrings hold."""

import doctest

import pytest

from reports import words


@pytest.mark.parametrize("module", [words], ids=lambda module: module.__name__)
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted > 5
    assert result.failed == 0
