"""A small IMAP server on loopback: one account, folders of mails, over TLS or not."""

import re
import socketserver
import ssl
import threading
from typing import Any, Self


class ImapServer:
    """Speaks as much of RFC 3501 as reading a folder takes, and MOVE (RFC 6851) when `moves`."""

    def __init__(self, context: ssl.SSLContext | None = None, moves: bool = True) -> None:
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": {}}
        self.password, self.moves, self.said = "secret", moves, list[str]()
        self.deleted: set[int] = set()
        self.next_uid = 1
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                if context:
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def finish(self) -> None:
                super().finish()
                self.request.close()

            def handle(self) -> None:
                _Conversation(server, self.rfile, self.wfile).hold()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that does not trust us goes; that is no fault."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, mail: bytes, folder: str = "INBOX") -> None:
        """A mail arrives."""
        self.folders.setdefault(folder, {})[self.next_uid] = mail
        self.next_uid += 1


class _Conversation:
    def __init__(self, server: ImapServer, reads: Any, writes: Any) -> None:
        self.server, self.reads, self.writes = server, reads, writes
        self.folder = "INBOX"

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.writes.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    def hold(self) -> None:
        self.say("* OK ready")
        while line := self.reads.readline().decode().strip():
            tag, _, command = line.partition(" ")
            name, _, rest = command.partition(" ")
            self.server.said.append(name.upper() if name.upper() != "UID" else f"UID {rest.split()[0].upper()}")
            answer = getattr(self, name.lower())(rest)
            self.say(f"{tag} {answer or 'OK done'}")
            if name.upper() == "LOGOUT":
                return

    def capability(self, rest: str) -> str | None:
        self.say("* CAPABILITY IMAP4rev1" + (" MOVE" if self.server.moves else ""))
        return None

    def login(self, rest: str) -> str | None:
        return None if rest.endswith(f'"{self.server.password}"') else "NO wrong"

    def select(self, rest: str) -> str | None:
        self.folder = rest.strip('"')
        if self.folder not in self.server.folders:
            return "NO no such folder"
        self.say(f"* {len(self.server.folders[self.folder])} EXISTS")
        return None

    def list(self, rest: str) -> str | None:
        wanted = rest.split()[-1].strip('"')
        self.say(*(f'* LIST () "/" "{name}"' for name in self.server.folders if name == wanted))
        return None

    def create(self, rest: str) -> str | None:
        self.server.folders.setdefault(rest.strip('"'), {})
        return None

    def expunge(self, rest: str) -> str | None:
        for uid in self.server.deleted:
            self.server.folders[self.folder].pop(uid, None)
        self.server.deleted.clear()
        return None

    def logout(self, rest: str) -> str | None:
        self.say("* BYE")
        return None

    def uid(self, rest: str) -> str | None:
        name, _, rest = rest.partition(" ")
        mails = self.server.folders[self.folder]
        uids = [int(one) for one in re.findall(r"\d+", rest.split()[0])]
        match name.upper():
            case "SEARCH":
                self.say("* SEARCH " + " ".join(map(str, mails)))
            case "FETCH" if uids[0] in mails:
                mail = mails[uids[0]]
                self.say(f"* 1 FETCH (UID {uids[0]} BODY[]<0> {{{len(mail)}}}", mail + b")")
            case "STORE":
                self.server.deleted.update(uids)
            case "COPY" | "MOVE":
                folder = rest.split()[-1].strip('"')
                for uid in uids:
                    self.server.put(mails[uid], folder)
                    if name.upper() == "MOVE":
                        del mails[uid]
        return None
