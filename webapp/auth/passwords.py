"""Passwords: argon2id, the pack's rules for a new one, one-time passwords."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.auth.common_passwords import is_common
from webapp.auth.limits import Limits
from webapp.errors import Refused

LONGEST = 128
_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
# Checked in place of the hash of an account that does not exist, so that both answers take the same time.
_NOBODY = _hasher.hash(secrets.token_urlsafe(32))
# No letters or digits that are mistaken for each other when read from paper.
_READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def hashed(password: str) -> str:
    """The argon2id hash with today's parameters."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether a password fits a hash; takes the same time when there is no hash to compare with."""
    try:
        return _hasher.verify(stored or _NOBODY, password[: LONGEST + 1]) and stored is not None
    except InvalidHashError:
        return matches(None, password)
    except VerificationError:
        return False


def outdated(stored: str) -> bool:
    """Whether the parameters have been raised since the hash was made."""
    return _hasher.check_needs_rehash(stored)


def check_new(password: str, allowed: Limits, *, login: str, name: str) -> None:
    """Raise `Refused` when a new password breaks the pack's rules (`password.min_len`, `password.classes`)."""
    if len(password) < allowed.min_len:
        raise Refused(f"新密码不足 {allowed.min_len} 位。请加长后再提交。")
    if len(password) > LONGEST:
        raise Refused(f"新密码超过 {LONGEST} 位。请缩短后再提交。")
    if _classes(password) < allowed.classes:
        raise Refused(f"新密码的字符种类不足 {allowed.classes} 种。请混用大写字母、小写字母、数字、其他符号。")
    if any(len(own) > 1 and own.lower() in password.lower() for own in (login, name)):
        raise Refused("新密码含有您的账号或姓名。请换一个别人猜不到的密码。")
    if is_common(password):
        raise Refused("新密码属于常见密码，容易被猜中。请换一个，可用几个不相干的词连起来。")


def _classes(password: str) -> int:
    kinds = {
        "lower" if c.isascii() and c.islower() else
        "upper" if c.isascii() and c.isupper() else
        "digit" if c.isascii() and c.isdigit() else
        "other"
        for c in password
    }  # fmt: skip
    return len(kinds)


def one_time() -> str:
    """A random first password of 12 readable characters with upper case, lower case, digit and sign."""
    while True:
        groups = ["".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3)]
        password = "-".join(groups)
        if _classes(password) == 4:
            return password
