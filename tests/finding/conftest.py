"""The morning on which the tests' tasks are issued."""

from tests.accountability.conftest import morning

__all__ = ["morning"]
