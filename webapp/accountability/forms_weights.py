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


def written_weights(weights: Mapping[str, int]) -> str:
    """The same for a hidden field: "533323101:3,533323201:2"."""
    return ",".join(f"{code}:{number}" for code, number in sorted(weights.items()))
