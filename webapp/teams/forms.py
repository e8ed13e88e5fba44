"""The shape of the forms on teams; what is typed stays as it was when something is wrong."""

from webapp.errors import DandangError, Faulty


def faults_of(error: DandangError) -> dict[str, str]:
    """What is wrong, by field; "" for what concerns the whole form."""
    return error.faults if isinstance(error, Faulty) else {"": error.sentence}
