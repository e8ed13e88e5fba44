"""What a sick leave is for: sealed for its very row, opened by the one who asked and the one who decides (S-22)."""

from webapp.errors import Refused
from webapp.leave.models import LeaveRequest
from webapp.notices import sealed

PURPOSE = "leave-reason"
WIDTH = 16
"""All categories are sealed at one length, which otherwise would tell which one it is."""


def seal(master: bytes, form_id: str, category: str) -> str:
    """A category as it is stored, bound to the request's own number."""
    return sealed.seal(master, _cell(form_id), category.ljust(WIDTH), purpose=PURPOSE)


def unseal(master: bytes, row: LeaveRequest) -> str:
    """The category of a request; "" where it has none. Raises `Refused` when the key has changed."""
    if row.reason_category is None:
        return ""
    try:
        return sealed.unseal(master, _cell(row.form_id), row.reason_category, purpose=PURPOSE).rstrip()
    except Refused as error:
        raise Refused("病假原因类别无法解开，可能是主密钥已更换。请向本人了解。") from error


def _cell(form_id: str) -> str:
    return f"leave_request:{form_id}:reason_category"
