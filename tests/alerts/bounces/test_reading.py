"""What a mail that came back says, by the shapes of the benchmark; and that no bytes break it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bounces.reading import read_bounce
from tests.benchmarks.bounces import SHAPES, Shape, shapes
from tests.makers.bouncing import returned

MESSAGE_ID = "<9c41d07be2f85a6613d0c2b94e7f1a58@alerts.example.org>"


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.file.stem)
def test_every_shape_is_what_it_says_it_is(shape: Shape) -> None:
    bounce = read_bounce(shape.file.read_bytes())
    assert bounce.kind == shape.kind
    assert shape.about in ("", bounce.about)


@pytest.mark.parametrize(
    ("name", "recipient"),
    [
        ("written.hard-recipient.postfix-unknown-user", "marta.oquendo@riverton.example"),
        ("written.hard-recipient.exim-rcpt", "tobias@greenfield-tenants.example"),
        ("written.hard-recipient.qmail-no-mailbox", "june@oldmill.example"),
        ("written.hard-recipient.microsoft-365-text", "h.weiss@salemlegal.example"),
        ("written.hard-recipient.international-address", "josé@correo.example"),
        ("written.hard-recipient.several-recipients", "edna@quilters.example"),
        ("written.complaint.arf-abuse", "cole@bigmail.example"),
        ("written.complaint.hotmail-junk-report", "rosa@hotmail.example"),
        ("written.complaint.yahoo-redacted", "redacted@yahoo.example"),
        ("judged.complaint.arf-opt-out", "iris@regionalisp.example"),
        ("judged.hard-recipient.groupwise-text", "ofc.clerk@courthouse.example"),
    ],
)
def test_whom_it_is_about(name: str, recipient: str) -> None:
    assert recipient in read_bounce((SHAPES / f"{name}.eml").read_bytes()).recipients


@pytest.mark.parametrize(
    "name",
    [
        "written.hard-recipient.postfix-unknown-user",
        "written.hard-recipient.exim-rcpt",
        "written.hard-recipient.google-not-found",
        "written.hard-recipient.exchange-on-premises",
        "written.hard-recipient.microsoft-365-text",
        "written.complaint.arf-abuse",
        "written.complaint.hotmail-junk-report",
        "judged.soft-full.german-postfach-voll",
    ],
)
def test_which_mail_it_is_about(name: str) -> None:
    bounce = read_bounce((SHAPES / f"{name}.eml").read_bytes())
    assert MESSAGE_ID in bounce.message_ids or name.endswith("hotmail-junk-report")


def test_a_mail_that_is_still_being_tried_is_not_final() -> None:
    late = read_bounce(returned("b@example.org", status="4.4.1", said="451 try later", action="delayed"))
    assert (late.kind, late.about, late.final) == ("soft", "later", False)
    late = read_bounce((SHAPES / "judged.soft-later.exim-frozen-warning.eml").read_bytes())
    assert (late.kind, late.final) == ("soft", False)


def test_what_our_own_mail_says_is_not_what_the_server_says() -> None:
    report = (SHAPES / "written.hard-recipient.exim-rcpt.eml").read_bytes()
    assert read_bounce(report + b"\r\nmailbox full 552 5.2.2").about == "recipient"


KINDS = {"hard", "soft", "complaint", "none"}


@given(st.binary(max_size=400))
def test_no_bytes_break_it(raw: bytes) -> None:
    assert read_bounce(raw).kind in KINDS


@given(st.sampled_from(shapes()), st.integers(0, 3000), st.binary(max_size=12))
def test_no_damaged_report_breaks_it(shape: Shape, at: int, damage: bytes) -> None:
    raw = shape.file.read_bytes()
    assert read_bounce(raw[:at] + damage + raw[at + len(damage) :]).kind in KINDS


def test_parts_without_end_break_nothing() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000))
    assert read_bounce(deep).kind == "none"
    mails = b"From: mailer-daemon@a.example\r\nContent-Type: message/rfc822\r\n\r\n" * 3000
    assert read_bounce(mails).kind == "none"
    assert read_bounce(b"From: mailer-daemon@a.example\r\n\r\n" + b"<" * 900_000).kind == "none"
    assert read_bounce(b"From: mailer-daemon@a.example\r\n\r\n" + b"5.1.1 a@" * 100_000).kind in ("hard", "none")
