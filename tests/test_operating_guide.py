"""docs/operating.md, followed to the letter on a machine that has nothing yet, gives a server that mails."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.another_root import install_beforehand, run_there
from tests.makers.chromium import free_port
from tests.makers.postfix import PASSWORD, USER, Postfix, needs_postfix, postfix

pytestmark = needs_postfix

GUIDE = (Path(__file__).parents[1] / "docs/operating.md").read_text("utf-8")
AS_ICEWIRE = "runuser -u icewire -- /opt/icewire/.venv/bin/icewire --config /etc/icewire/icewire.toml"


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    with postfix() as server:
        server.start(smtpd_tls_auth_only="no")
        yield server


def blocks(title: str, kind: str) -> list[str]:
    """The blocks of code of a chapter."""
    _, _, chapter = GUIDE.partition(f"## {title}\n")
    return re.findall(rf"^```{kind}\n(.*?)^```", re.split(r"^##", chapter, flags=re.M)[0], re.M | re.S)


def replaced(text: str, **instead: str) -> str:
    for had, put in instead.items():
        assert had in text, had
        text = text.replace(had, put)
    return text


def test_the_guide_followed_to_the_letter_gives_a_server_that_mails(server: Postfix, tmp_path: Path) -> None:
    port = free_port()
    install, start = blocks("As a service", "sh")
    [update] = [b for b in blocks("Updating, and going back", "sh") if "pull" in b]
    [settings] = blocks("As a service", "toml")
    install = replaced(
        install,
        **{
            "apt-get install": ": apt-get install",  # it is all here
            "git clone <this repository> /opt/icewire": install_beforehand(),
            "/dev/stdin /etc/icewire/smtp_password": f"/dev/stdin /etc/icewire/smtp_password <<< '{PASSWORD}'",
        },
    )
    # What is the reader's own; and nothing is read from the network here.
    settings = replaced(
        settings,
        **{
            '"smtp.paper.example"': '"127.0.0.1"\nsmtp_security = "none"',
            "587": str(server.plain),
            '"icewire"': f'"{USER}"',
            "you@paper.example": "you@example.org",
            "[web]\n": f"[web]\nport = {port}\n",
        },
    )
    script = f"""
{install}
cat > /etc/icewire/icewire.toml <<'END'
{settings}
[watch]
shipped = false
END
{start.replace("journalctl", ": journalctl").replace("runuser", f"{wait_for(port)}{chr(10)}runuser", 1)}
{AS_ICEWIRE} subscribe you@example.org raid
{AS_ICEWIRE} digest
systemctl start icewire-backup
{replaced(update, git=": git")}
{wait_for(port)}
{AS_ICEWIRE} status
test -z "$(find /var/lib/icewire -not -user icewire)"
ls /var/lib/icewire/backups/*.tar
ps -o user= -p $(cat /run/icewire.service.pid)
! runuser -u nobody -- cat /etc/icewire/smtp_password
! runuser -u nobody -- cat /var/lib/icewire/secret.key
systemctl stop icewire
"""
    script = f"trap 'cat /run/*.log' EXIT\n{script}"
    done = run_there(tmp_path, script)
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert f"ok mail 127.0.0.1:{server.plain} answers" in said
    assert "ok database" in said
    assert "1 mail sent" in said
    assert "Traceback" not in done.stdout + done.stderr
    [mail] = server.arrived(1)
    assert b"with ESMTPA" in mail


def wait_for(port: int) -> str:
    """A command that waits until the page answers."""
    asked = f"exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3"
    asking = f"({asked} && grep -q ' 200 ' <&3) 2>/dev/null"
    return f"set +x; n=0; until {asking}; do sleep 0.1; n=$((n + 1)); [ $n -lt 600 ]; done; set -x"
