"""Whether a deployment is well, and what receiving servers will check of its sender: looked at, never changed."""

from scheduler.doctor.diagnosis import Diagnosis
from scheduler.doctor.inside import look_at
from scheduler.doctor.mailing import look_at_mail
from scheduler.doctor.names import Names, system_resolver
from scheduler.doctor.page import look_at_page
from scheduler.doctor.sender import Sender, look_at_sender, outgoing_address
from scheduler.doctor.trying import Arrived, read_arrived, send_test

__all__ = [
    "Arrived",
    "Diagnosis",
    "Names",
    "Sender",
    "look_at",
    "look_at_mail",
    "look_at_page",
    "look_at_sender",
    "outgoing_address",
    "read_arrived",
    "send_test",
    "system_resolver",
]
