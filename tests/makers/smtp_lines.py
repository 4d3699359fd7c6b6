"""What a mail server of a test's own reads."""

from typing import IO


def text_of(lines: IO[bytes]) -> bytes | None:
    """What follows the answer to DATA, without the dot at its end; None when whoever sends it hangs up before."""
    text: list[bytes] = []
    for line in lines:
        if line == b".\r\n":
            return b"".join(text)
        text.append(line)
    return None
