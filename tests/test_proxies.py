"""The shipped settings of nginx and Caddy in front of the real daemon: pages, the one click, who may see what."""

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.deployment import Deployment, open_deployment
from tests.makers.certificates import own_certificate
from tests.makers.chromium import free_port
from tests.makers.running_daemon import daemon

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[1] / "deploy"
NAME = "alerts.paper.example"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
CONFIG = """\
[watch]
shipped = false
[web]
port = {port}
public_url = "https://alerts.paper.example"
proxies = ["127.0.0.1"]
"""
# What is around a site in Debian's /etc/nginx/nginx.conf, all of it in one folder.
NGINX = """\
daemon off;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 768; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    include {folder}/site;
}}
"""
PATIENCE = 1  # seconds, in place of the ten that a client has


@dataclass(frozen=True, slots=True)
class Proxy:
    """One that runs, and icewire behind it."""

    port: int
    plain: int
    certificate: Path
    icewire: Deployment

    def connect(self, own: str = "127.0.0.1") -> ssl.SSLSocket:
        """A connection as a reader has one, to the name and with its certificate looked at."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        line = socket.create_connection(("127.0.0.1", self.port), 20, (own, 0))
        return context.wrap_socket(line, server_hostname=NAME)

    def ask(self, method: str, path: str, body: str = "", own: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
        """Status and text of the answer."""
        connection = http.client.HTTPSConnection(NAME, self.port)
        with contextlib.closing(connection):
            connection.sock = self.connect(own)
            form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            sent = {"Host": NAME, **form, **{name.replace("_", "-"): value for name, value in headers.items()}}
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()


def nginx(folder: Path, site: str, certificate: Path, port: int, plain: int) -> list[str]:
    for had, put in {
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(certificate),
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(certificate),
        "_timeout 10s": f"_timeout {PATIENCE}s",
    }.items():
        assert had in site
        site = site.replace(had, put)
    (folder / "site").write_text(site)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "master_process off;"]


def caddy(folder: Path, site: str, certificate: Path, port: int, plain: int) -> list[str]:
    for had, put in {
        "{\n\t# Who": f"{{\n\tadmin off\n\thttps_port {port}\n\thttp_port {plain}\n\t# Who",
        f"{NAME} {{\n": f"{NAME} {{\n\tbind 127.0.0.1\n\ttls {certificate} {certificate}\n",
        " 10s": f" {PATIENCE}s",
    }.items():
        assert had in site
        site = site.replace(had, put)
    (folder / "Caddyfile").write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@pytest.fixture(scope="module")
def icewire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Deployment]]:
    """The daemon, where it listens, and what it works on."""
    folder, port = tmp_path_factory.mktemp("icewire"), free_port()
    config = folder / "icewire.toml"
    config.write_text(f'data = "{folder}/var"\n{CONFIG.format(port=port)}')
    deployment = open_deployment(config)
    with daemon(config, port):
        yield port, deployment
    deployment.engine.dispose()


@pytest.fixture(scope="module", params=["nginx.conf", "Caddyfile"])
def proxy(
    request: pytest.FixtureRequest, icewire: tuple[int, Deployment], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    program, make = {"nginx.conf": ("nginx", nginx), "Caddyfile": ("caddy", caddy)}[request.param]
    if not shutil.which(program, path=PATH):
        pytest.skip(f"{program} is not installed (Debian: nginx-light caddy)")
    folder, port, plain = tmp_path_factory.mktemp("proxy"), free_port(), free_port()
    certificate = own_certificate(folder, NAME)
    site = (DEPLOY / request.param).read_text().replace("127.0.0.1:8080", f"127.0.0.1:{icewire[0]}")
    command = make(folder, site, certificate, port, plain)
    environment = {"PATH": PATH, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    log = folder / "log"
    with log.open("wb") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as process:
        try:
            made = Proxy(port, plain, certificate, icewire[1])
            end = time.monotonic() + 20
            while True:
                with contextlib.suppress(OSError), made.connect():
                    break
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.02)
            yield made
        finally:
            process.terminate()
            process.wait(20)
    said = log.read_text()
    assert "unsubscribe" not in said  # nobody's link to leave is written down
    assert "203.0.113." not in said


def test_pages_are_shown_by_their_name_and_over_https_alone(proxy: Proxy) -> None:
    status, page = proxy.ask("GET", "/")
    assert status == 200
    assert "icewire" in page
    connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/subscribe?x=1", headers={"Host": NAME})
        answer = connection.getresponse()
        assert answer.status in (301, 308)
        assert answer.headers["Location"] == f"https://{NAME}/subscribe?x=1"


def test_one_click_of_a_mail_program_ends_the_mails(proxy: Proxy) -> None:
    icewire = proxy.icewire
    email = f"reader{proxy.port}@example.org"
    person, _ = icewire.members.subscribe(email, "raid", icewire.clock(), "UTC", "07:00", active=True)
    link = icewire.links.unsubscribe(person.id or 0)
    assert link.startswith(f"https://{NAME}/unsubscribe/")
    path = link.removeprefix(f"https://{NAME}")
    assert proxy.ask("GET", path)[0] == 200
    assert states(icewire)[email] == "active"  # who looks ends nothing
    assert proxy.ask("POST", path, "List-Unsubscribe=One-Click")[0] == 200
    assert states(icewire).get(email) != "active"
    assert proxy.ask("POST", f"{path}x", "List-Unsubscribe=One-Click")[0] == 404


def states(icewire: Deployment) -> dict[str, str]:
    return {person.email: person.state for person, _ in icewire.members.subscribers()}


@pytest.mark.parametrize("name", [NAME, "localhost", "127.0.0.1"])
def test_the_figures_are_not_for_strangers_by_whatever_name_they_ask(proxy: Proxy, name: str) -> None:
    status, said = proxy.ask("GET", "/metrics", Host=name)
    assert "icewire_" not in said
    assert status == 404 or (name != NAME and not said)  # Caddy has nothing by another name


@pytest.mark.parametrize("path", ["/office", "/digest/latest"])
def test_the_operators_pages_are_not_for_strangers(proxy: Proxy, path: str) -> None:
    assert proxy.ask("GET", path)[0] == 404


def test_the_operators_link_lets_in(proxy: Proxy) -> None:
    link = proxy.icewire.links.office(proxy.icewire.clock())
    assert proxy.ask("GET", link.removeprefix(f"https://{NAME}"))[0] == 200


def test_who_sends_slowly_is_let_go_and_keeps_nobody_waiting(proxy: Proxy) -> None:
    head = f"POST /subscribe HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 9\r\n".encode()
    with contextlib.ExitStack() as crowd:
        held = [crowd.enter_context(proxy.connect()) for _ in range(60)]
        for n, one in enumerate(held):
            one.sendall(head + (b"\r\nx" if n % 2 else b""))
        begun = time.monotonic()
        assert proxy.ask("GET", "/")[0] == 200
        assert time.monotonic() - begun < PATIENCE + 5
        for one in held:
            ends(one)
        assert time.monotonic() - begun < 10 * PATIENCE


def ends(connection: ssl.SSLSocket) -> None:
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while connection.recv(65536):
            pass


def test_who_asks_is_whom_the_proxy_saw_whatever_they_say(proxy: Proxy) -> None:
    one, another = (f"127.{proxy.port >> 8}.{proxy.port & 255}.{n}" for n in (1, 2))
    form, origin = "email=reader%40example.org", f"https://{NAME}"
    taken = [
        proxy.ask("POST", "/manage/link", form, one, Origin=origin, X_Forwarded_For=f"203.0.113.{n}")[0]
        for n in range(12)
    ]
    assert (set(taken[:10]), set(taken[10:])) == ({303}, {429})
    assert proxy.ask("POST", "/manage/link", form, another, Origin=origin)[0] == 303


def test_what_is_too_large_is_refused(proxy: Proxy) -> None:
    assert proxy.ask("POST", "/subscribe", "x=" + "y" * 200_000)[0] in (413, 502)
    assert proxy.ask("GET", "/")[0] == 200
