"""The same morning and the same signed-in clients as the tests of tasks."""

from tests.accountability.conftest import Clients, clients, morning

__all__ = ["Clients", "clients", "morning"]
