"""What servers say when they do not take a mail, in the words of those that are in use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.mail.answers import About, Stage, about, about_recipient


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (550, "5.1.1 The email account that you tried to reach does not exist."),
        (550, "5.1.1 <gone@example.org>: Recipient address rejected: User unknown in relay recipient table"),
        (450, "5.1.1 no such user"),  # the enhanced code counts
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        (550, "5.4.1 Recipient address rejected: Access denied."),
        (550, "5.5.0 Requested action not taken: mailbox unavailable"),
        (550, "5.2.1 The email account that you tried to reach is disabled."),
        (550, "5.7.1 No such user here"),
        (550, "#5.1.0 Address rejected."),
        (550, "Requested action not taken: mailbox unavailable (5.1.1)"),
        (550, "No such user here"),
        (550, "<policy-desk@spamhaus.example> user unknown"),  # their name is no policy
        (551, "User not local"),
        (553, "5.1.3 bad address syntax"),
        (556, "5.1.10 does not accept mail"),
        (550, ""),
    ],
)
def test_of_the_recipient(code: int, said: str) -> None:
    assert about(code, said, "recipient") == "recipient"


@pytest.mark.parametrize("stage", ["recipient", "data"])
@pytest.mark.parametrize(
    ("code", "said"),
    [
        (550, "5.4.5 Daily user sending limit exceeded"),
        (550, "5.7.1 [192.0.2.7] Our system has detected that this message is likely unsolicited mail."),
        (550, "5.7.26 Unauthenticated email from paper.example is not accepted"),
        (554, "5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.example"),
        (554, "5.7.1 <a@example.org>: Relay access denied"),
        (550, "5.7.0 Must issue a STARTTLS command first"),
        (530, "5.7.0 Authentication required"),
        (550, "5.1.8 Sender address rejected: Domain not found"),
        (550, "5.1.0 sender rejected"),
        (550, "SPF check failed"),
        (553, "sorry, that domain isn't in my list of allowed rcpthosts"),
        (550, "relay not permitted"),
        (554, "Your IP is listed"),
        (503, "5.5.1 bad sequence of commands"),
        (421, "4.7.28 an unusual rate of unsolicited mail originating from your IP address"),
        (451, "4.7.500 Server busy"),
    ],
)
def test_of_us(code: int, said: str, stage: Stage) -> None:
    assert about(code, said, stage) == "us"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (452, "4.2.2 The recipient's inbox is out of storage space"),
        (452, "try again, mailbox full"),
        (552, "5.2.2 mailbox full"),
        (550, "4.2.2 over quota"),
        (552, "Requested mail action aborted: exceeded storage allocation"),
        (550, "Mailbox full"),
        (550, "mailbox storage limit exceeded"),
        (552, ""),
    ],
)
def test_of_a_full_box(code: int, said: str) -> None:
    assert about(code, said, "recipient") == "full"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (450, "4.2.0 Greylisted, see you in five minutes"),
        (451, "4.7.1 Greylisting in action, please try again later"),
        (450, "4.1.1 User unknown in local recipient table"),  # a server that is being moved
        (550, "5.2.1 The user you are trying to contact is receiving mail at a rate that prevents more"),
        (421, "too busy"),
        (451, "try later"),
    ],
)
def test_for_now(code: int, said: str) -> None:
    assert about(code, said, "recipient") == "later"


@pytest.mark.parametrize(
    ("code", "said", "stage", "what"),
    [
        (552, "5.3.4 Message size exceeds fixed limit", "data", "mail"),
        (552, "5.3.4 Message size exceeds fixed limit", "sender", "mail"),
        (552, "Message size exceeds maximum permitted", "sender", "mail"),
        (452, "4.3.4 Message size exceeds fixed limit", "sender", "us"),
        (552, "5.2.2 over quota", "sender", "us"),
        (553, "5.6.7 sender address needs SMTPUTF8", "sender", "us"),
        (554, "5.6.0 malformed", "data", "mail"),
        (552, "too big", "data", "mail"),
        (554, "no", "data", "us"),
        (550, "5.1.1 not you", "sender", "us"),
        (554, "no service here", "session", "us"),
    ],
)
def test_of_the_mail_and_by_when_it_is_said(code: int, said: str, stage: Stage, what: About) -> None:
    assert about(code, said, stage) == what


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("the mail server answered 550 5.1.1 no such user", True),
        ("550-5.1.1 gone\n550 5.1.1 for good", True),
        ("the mail server answered 550 5.7.1 blocked", False),
        ("it is no address", False),
    ],
)
def test_a_sentence_that_holds_an_answer(text: str, nobody: bool) -> None:
    assert about_recipient(text) is nobody


@given(st.integers(400, 599), st.text(max_size=60), st.sampled_from(["session", "sender", "recipient", "data"]))
def test_whatever_a_server_says_is_about_something_and_a_temporary_answer_never_final(
    code: int, said: str, stage: Stage
) -> None:
    what = about(code, said, stage)
    assert what in ("later", "full", "us", "recipient", "mail")
    assert code >= 500 or "5." in said or what in ("later", "full", "us")
