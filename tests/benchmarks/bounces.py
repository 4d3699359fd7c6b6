"""How many mails in a box for bounces are read right: shapes of our own in the manner of many mail systems.

    python -m tests.benchmarks.bounces [--json] [--peer-python /path/to/python]

Each file of `bounces/` is named half.kind-about.name: "written" shapes were there before the rules, "judged" ones came
after, and on these the rules are judged. The peer is flufl.bounce, in this Python or another that has it. It knows no
complaints, and calls a full box permanent or temporary as the status does: `lenient` counts neither against it.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.bounces.reading import read_bounce

SHAPES = Path(__file__).with_name("bounces")

_PEER = """
import email, json, pathlib, sys
from flufl.bounce import all_failures
said = {}
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
    try:
        temporary, permanent = all_failures(email.message_from_bytes(file.read_bytes()))
        said[file.stem] = "hard" if permanent else "soft" if temporary else "none"
    except Exception as error:
        said[file.stem] = repr(error)
print(json.dumps(said))
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A mail and what a person says of it; `about` is "" where only the kind matters."""

    file: Path
    half: str
    kind: str
    about: str


def shapes() -> list[Shape]:
    """All, by name."""
    found = []
    for file in sorted(SHAPES.glob("*.eml")):
        half, label, _ = file.stem.split(".", 2)
        kind, _, about = label.partition("-")
        found.append(Shape(file, half, kind, about))
    return found


def by_peer(python: str) -> Mapping[str, str]:
    """The kinds that flufl.bounce says, by the file's name."""
    run = subprocess.run([python, "-c", _PEER, str(SHAPES)], capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


def figures(peer: Mapping[str, str] | None) -> dict[str, Any]:
    """Shares of shapes that are read right, by half."""
    every, wrong = shapes(), []
    right: dict[str, list[dict[str, bool]]] = {"written": [], "judged": []}
    for shape in every:
        bounce = read_bounce(shape.file.read_bytes())
        told = {"kind": bounce.kind == shape.kind, "about": not shape.about or bounce.about == shape.about}
        if peer is not None:
            theirs = peer[shape.file.stem]
            told["peer"] = theirs == shape.kind
            told["lenient"] = told["peer"] or shape.kind == "complaint" or (shape.about == "full" and theirs == "hard")
        right[shape.half].append(told)
        if not told["kind"] or not told["about"]:
            wrong.append(f"{shape.file.stem}: {bounce.kind} {bounce.about}")
    said: dict[str, Any] = {"shapes": len(every)}
    for half, told_of in (*right.items(), ("all", [*right["written"], *right["judged"]])):
        said[half] = {name: _share([one[name] for one in told_of]) for name in told_of[0]} | {"shapes": len(told_of)}
    return said | {"exact": said["judged"]["kind"], "wrong": wrong}


def _share(right: list[bool]) -> float:
    return round(sum(right) / len(right), 3)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peer-python", default="", help="a Python that has flufl.bounce")
    given = parser.parse_args()
    python = given.peer_python or (sys.executable if importlib.util.find_spec("flufl") else "")
    found = figures(by_peer(python) if python else None)
    if given.json:
        print(json.dumps(found, indent=1))
        return
    for half in ("written", "judged", "all"):
        said = found[half]
        peer = f"; flufl.bounce {said['peer']:.3f}, lenient {said['lenient']:.3f}" if "peer" in said else ""
        print(f"{half:8} {said['shapes']:3} shapes: kind {said['kind']:.3f}, about {said['about']:.3f}{peer}")
    print(*found["wrong"], sep="\n")


if __name__ == "__main__":
    main()
