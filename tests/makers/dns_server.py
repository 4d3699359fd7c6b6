"""A name server on loopback: it knows what a test says, and answers over UDP."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import dns.rrset

from scheduler.doctor import Names

Zone = Mapping[str, Mapping[str, Sequence[str]]]  # name → kind → records as a zone file writes them; TXT as plain text


@contextlib.contextmanager
def name_server(zone: Zone, silent: bool = False, refuses: Sequence[str] = ()) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks a server of these records alone; a silent one never answers, of some names it refuses to."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked, reply_to = self.request
            if not silent:
                reply_to.sendto(_answered(asked, zone, refuses), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        try:
            yield resolver
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def names_of(zone: Zone, patience: float = 10, **given: Any) -> Iterator[Names]:
    """Who asks such a server."""
    with name_server(zone, **given) as resolver:
        yield Names(resolver, patience)


def _answered(asked: bytes, zone: Zone, refuses: Sequence[str]) -> bytes:
    query = dns.message.from_wire(asked)
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA
    [question] = query.question
    name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
    if name in refuses:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif name not in zone:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif records := zone[name].get(kind):
        written = [_quoted(record) if kind == "TXT" else record for record in records]
        reply.answer.append(dns.rrset.from_text_list(question.name, 60, dns.rdataclass.IN, question.rdtype, written))
    return reply.to_wire()


def _quoted(text: str) -> str:
    """A TXT record in strings of at most 255 bytes."""
    pieces = [text[n : n + 255] for n in range(0, len(text), 255)] or [""]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)
