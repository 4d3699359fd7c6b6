"""A small invented press of Massachusetts, served on loopback: what `icewire demo` reads."""

from scheduler.demo.expected import Expected, load_expected
from scheduler.demo.outlets import load_outlets
from scheduler.demo.web import DemoOutlet, DemoWeb

__all__ = ["DemoOutlet", "DemoWeb", "Expected", "load_expected", "load_outlets"]
