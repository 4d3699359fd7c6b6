"""How much CPU the command line takes before it says anything, beside the bare import of what it is built of.

python -m tests.benchmarks.startup [--runs N]

Each command runs in a process of its own on a folder with an empty database; the first run of each, which compiles the
code that is not compiled yet, is not counted.
Prints medians of user and system seconds, then one line of JSON: `cpu_s` is that of the dearest command.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

from tests.benchmarks.running import ROOT

COMMANDS = ("--version", "subscribers", "stories", "digest --preview")
BARE = "import sqlmodel, typer, rich, pydantic_settings"


def cpu_seconds(command: list[str], folder: str) -> float:
    """User and system time of one run; RuntimeError when it fails."""
    # Installing compiles; where this variable forbids it, we would measure the compiler.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, cwd=folder, env={**kept, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure in turn, so that a machine that grows slower is slower for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    lines = {words: [sys.executable, "-m", "scheduler.cli", *words.split()] for words in COMMANDS}
    lines["bare import"] = [sys.executable, "-c", BARE]
    taken: dict[str, list[float]] = {name: [] for name in lines}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs + 1):
            for name, command in lines.items():
                taken[name].append(cpu_seconds(command, folder))
    medians = {name: statistics.median(seconds[1:]) for name, seconds in taken.items()}
    bare = medians["bare import"]
    for name, seconds in medians.items():
        print(f"{name:18} {seconds:6.2f} s of CPU  {seconds / bare:5.2f} x the bare import")
    dearest = max(medians[name] for name in COMMANDS)
    by_command = {name: round(medians[name], 3) for name in COMMANDS}
    figures = {"cpu_s": round(dearest, 3), "bare_cpu_s": round(bare, 3), "ratio": round(dearest / bare, 2)}
    print(json.dumps({**figures, "commands": by_command, "runs": runs, "python": sys.version.split()[0]}))


if __name__ == "__main__":
    main()
