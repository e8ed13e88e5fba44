"""Errors whose message a person reads: one Chinese sentence that says what is wrong and what to do next."""


class DandangError(Exception):
    """Base of all named errors; `status` is the HTTP status a page answers with."""

    status = 500

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Refused(DandangError):
    """The act is understood and not allowed now; nothing was changed."""

    status = 400


class Faulty(Refused):
    """Several fields cannot be taken as they are: field name → sentence."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("".join(faults.values()))
        self.faults = faults


class NotFound(DandangError):
    """The row does not exist for this viewer; equal for rows out of scope and rows that never were."""

    status = 404

    def __init__(self, sentence: str = "没有找到这条记录。请返回列表重新选择。") -> None:
        super().__init__(sentence)


class SignedOut(DandangError):
    """Whoever asks is not known any more: an ended session, an ended device token."""

    status = 401


class Conflict(DandangError):
    """Somebody or something was faster; both versions are kept."""

    status = 409


class AlreadySent(Conflict):
    """A form that was taken before comes again with other words; nothing was changed. `path` leads to what is held."""

    def __init__(self, sentence: str, path: str) -> None:
        super().__init__(sentence)
        self.path = path


class Forbidden(DandangError):
    """The viewer's posts do not carry this permission."""

    status = 403

    def __init__(self, sentence: str = "您现任岗位没有办理此事的权限。如有需要，请联系本单位系统管理员。") -> None:
        super().__init__(sentence)


class OutOfScope(Forbidden):
    """A write reached a row outside the viewer's units."""

    def __init__(self, sentence: str = "所选单位不在您的管辖范围内。请重新选择单位。") -> None:
        super().__init__(sentence)
