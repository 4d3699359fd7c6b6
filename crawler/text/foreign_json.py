"""JSON that others wrote, read as far as it can be."""

import json

_LONGEST_NUMBER = 4000  # digits: Python turns no more into a number, as that takes quadratic time


def _whole(digits: str) -> float | int:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


# Line breaks inside strings are forgiven, and one number beyond all measure loses nothing but itself.
JSON_DECODER = json.JSONDecoder(strict=False, parse_int=_whole)
