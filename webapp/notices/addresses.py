"""Where outgoing requests may go: hosts that the administrator named, and no address of the inner network by surprise.

`DANDANG_WEBHOOK_HOSTS` holds names ("oapi.dingtalk.com") and addresses or networks ("10.1.2.0/24"). A name opens public
addresses alone; an inner address is reached only when it is listed itself, whatever a name server says of a name.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from webapp.errors import Refused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST = 500
_TRANSLATED = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""NAT64, 6to4 and Teredo: they carry an IPv4 address inside."""
_NOT_LISTED = "这个地址不在管理员允许的范围内。请核对地址，或请系统管理员添加。"
_NO_ADDRESS = "接口地址不正确。请填写机器人设置页面给出的完整地址，以 https:// 开头。"


@dataclass(frozen=True)
class Endpoint:
    """An address taken apart; a name or password in it was refused."""

    secure: bool
    host: str
    port: int | None
    path: str
    query: dict[str, str]


def endpoint(text: str, hosts: Sequence[str]) -> Endpoint:
    """Judge what a person typed, without asking a name server. Raises `Refused`.

    Plain http is taken only within the inner network, where the administrator listed the very address.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query), max_num_fields=20))
    except ValueError as error:
        raise Refused(_NO_ADDRESS) from error
    plain = text.isascii() and text.isprintable() and " " not in text.strip() and len(text) <= LONGEST
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password or not plain:
        raise Refused(_NO_ADDRESS)
    listed = _listed(literal, hosts) if (literal := _literal(host)) else host in _names(hosts)
    if not listed:
        raise Refused(_NOT_LISTED)
    if parts.scheme == "http" and literal is None:
        raise Refused(_NO_ADDRESS)
    return Endpoint(parts.scheme == "https", host, port, parts.path or "/", query)


def permitted(host: str, port: int, hosts: Sequence[str]) -> str:
    """The IP address to connect to, after every answer of the name server was judged.

    Raises `Refused` for a host that is not listed, or that leads into the inner network; `OSError` when unknown.
    """
    literal = _literal(host)
    if literal is None and host.lower() not in _names(hosts):
        raise Refused(_NOT_LISTED)
    found = [literal] if literal else _resolved(host, port)
    if not found or not all(_listed(one, hosts) or (literal is None and _public(one)) for one in found):
        raise Refused(_NOT_LISTED)
    return str(found[0])


def _resolved(host: str, port: int) -> list[IPAddress]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _public(address: IPAddress) -> bool:
    if any(address in network for network in _TRANSLATED):
        return False  # an address of the inner network may hide in it
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(inner.is_global) and not inner.is_multicast


def _listed(address: IPAddress, hosts: Sequence[str]) -> bool:
    for entry in hosts:
        try:
            if address in ipaddress.ip_network(entry, strict=False):
                return True
        except ValueError:
            continue  # a name
    return False


def _names(hosts: Sequence[str]) -> frozenset[str]:
    return frozenset(entry.lower() for entry in hosts if _literal(entry) is None)
