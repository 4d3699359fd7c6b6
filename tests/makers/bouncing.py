"""Mails that come back, as a server would write them."""

from collections.abc import Sequence


def returned(
    to: str,
    recipient: str = "reader@example.org",
    status: str = "5.1.1",
    said: str = "550 5.1.1 no such user",
    message_id: str = "",
    action: str = "failed",
) -> bytes:
    """A report (RFC 3464) to this return path, of a mail to this recipient."""
    lines = [
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example.org",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {said}",
        "",
        *_quoted(message_id),
        "--b--",
    ]
    return "\r\n".join(lines).encode()


def complaint(to: str, recipient: str = "reader@example.org", message_id: str = "") -> bytes:
    """A report of abuse (RFC 5965)."""
    lines = [
        "From: fbl@bigmail.example",
        f"To: {to}",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
        "",
        "--b",
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: Big/1",
        f"Original-Rcpt-To: {recipient}",
        "",
        *_quoted(message_id),
        "--b--",
    ]
    return "\r\n".join(lines).encode()


def _quoted(message_id: str) -> Sequence[str]:
    return ("--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {message_id}", "") if message_id else ()
