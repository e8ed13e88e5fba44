"""Shares of units in the progress of a task, as the form and the file write them: equal unless the issuer says so."""

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

HEAVIEST = 100


def read_weights(typed: MultiDict[str, str]) -> dict[str, int]:
    """The shares that a form holds: those kept from other pages, and the boxes of this one; odd ones count as 1."""
    found = {}
    for pair in typed.get("weights", "").split(","):
        code, _, number = pair.partition(":")
        found[code] = number
    for name in typed:
        if name.startswith("weight-"):
            found[name.removeprefix("weight-")] = typed[name].strip()
    return {
        code: int(number)
        for code, number in found.items()
        if code and number.isascii() and number.isdigit() and 1 < int(number) <= HEAVIEST
    }


def odd_weights(typed: MultiDict[str, str]) -> dict[str, str]:
    """Shares that are no whole numbers from 1 to 100: unit → what was typed."""
    found = {name.removeprefix("weight-"): typed[name].strip() for name in typed if name.startswith("weight-")}
    return {code: text for code, text in found.items() if text and not _is_share(text)}


def _is_share(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= HEAVIEST


def written_weights(weights: Mapping[str, int]) -> str:
    """The same for a hidden field: "533323101:3,533323201:2"."""
    return ",".join(f"{code}:{number}" for code, number in sorted(weights.items()))
