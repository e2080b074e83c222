"""Who may come in. Three ways: everybody is the one local person; a name and password; an identity proxy's header."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections import OrderedDict, deque
from pathlib import Path
from typing import Any, Protocol

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, cookie_parser
from starlette.types import Scope

from studio.core.errors import Refused

COOKIE = "tandem"
LOCAL = "local"
DAYS = 30
TRIES, WINDOW = 10, 60.0  # tries of one name from one address, and of one address at all times ten
SHORTEST = 8


class Gate(Protocol):
    """Says whose request this is."""

    def name(self, scope: Scope) -> str | None: ...


class OpenGate:
    """Everybody who reaches the page is the same person: right on one's own machine."""

    def name(self, scope: Scope) -> str | None:
        return LOCAL


class HeaderGate:
    """An identity proxy in front says who it is. Only proxies at known addresses are believed."""

    def __init__(self, header: str, proxies: set[str]) -> None:
        self.header = header
        self.proxies = proxies

    def name(self, scope: Scope) -> str | None:
        client = scope.get("client")
        if client is None or client[0] not in self.proxies:
            return None
        said = Headers(scope=scope).getlist(self.header)
        return said[0].strip()[:200] or None if len(said) == 1 else None  # two: one of them is not the proxy's


class PasswordGate:
    """Names and passwords in one file of the data folder; a signed cookie says who has signed in."""

    def __init__(self, people: "People", secret: bytes) -> None:
        self.people = people
        self.secret = secret

    def name(self, scope: Scope) -> str | None:
        cookie = cookie_parser(Headers(scope=scope).get("cookie", "")).get(COOKIE, "")
        return self.read(cookie)

    def ticket(self, name: str, now: float | None = None) -> str:
        ends = int((time.time() if now is None else now) + DAYS * 86400)
        said = json.dumps([name, self.people.generation(name), ends]).encode()
        coded = base64.urlsafe_b64encode(said).decode()
        return f"{coded}.{self._sign(coded)}"

    def read(self, ticket: str, now: float | None = None) -> str | None:
        coded, _, signed = ticket.partition(".")
        if not hmac.compare_digest(self._sign(coded).encode(), signed.encode()):
            return None
        name, generation, ends = json.loads(base64.urlsafe_b64decode(coded))
        if ends < (time.time() if now is None else now) or generation is None or self.people.generation(name) != generation:
            return None
        return str(name)

    def _sign(self, coded: str) -> str:
        return hmac.new(self.secret, coded.encode(), hashlib.sha256).hexdigest()


class People:
    """The file of names and passwords. Read again whenever it changes, so that the command line works beside a studio."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._changing = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._known: dict[str, dict[str, Any]] = {}

    def _all(self) -> dict[str, dict[str, Any]]:
        try:
            stat = self.file.stat()
        except FileNotFoundError:
            return {}
        stamp = (stat.st_mtime_ns, stat.st_ino)
        with self._lock:
            if stamp != self._stamp:
                self._known = json.loads(self.file.read_text())
                self._stamp = stamp
            return self._known

    def names(self) -> list[str]:
        return sorted(self._all())

    def generation(self, name: str) -> int | None:
        """Changes whenever every ticket of this person must end: new password, removed, signed out everywhere."""
        person = self._all().get(name)
        return person["generation"] if person else None

    def set_password(self, name: str, password: str) -> None:
        name = name.strip()
        if not name or len(name) > 100 or not name.isprintable():
            raise Refused("A name needs 1 to 100 printable characters.")
        if len(password) < SHORTEST:
            raise Refused(f"A password needs at least {SHORTEST} characters.")
        salt = secrets.token_bytes(16)
        person = {"salt": salt.hex(), "hash": _hash(password, salt).hex(), "generation": secrets.randbits(48)}
        with self._changing:
            self._write({**self._all(), name: person})

    def remove(self, name: str) -> None:
        with self._changing:
            people = dict(self._all())
            if people.pop(name, None) is None:
                raise Refused(f"There is nobody called {name}.")
            self._write(people)

    def sign_out(self, name: str) -> None:
        with self._changing:
            people = self._all()
            if name in people:
                self._write({**people, name: {**people[name], "generation": secrets.randbits(48)}})

    def right(self, name: str, password: str) -> bool:
        """Takes as long for a name that is not there."""
        person = self._all().get(name)
        salt = bytes.fromhex(person["salt"]) if person else b"\0" * 16
        wanted = bytes.fromhex(person["hash"]) if person else b"\0" * 32
        return hmac.compare_digest(_hash(password, salt), wanted) and person is not None

    def _write(self, people: dict[str, Any]) -> None:
        write_private(self.file, json.dumps(people, indent=1).encode())


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def write_private(file: Path, body: bytes) -> None:
    """Whole or not at all, readable by its owner only."""
    temp = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temp, file)


def server_secret(data_dir: Path) -> bytes:
    file = data_dir / "secret"
    if not file.exists():
        write_private(file, secrets.token_bytes(32))
    return file.read_bytes()


class Tries:
    """At most so many tries a minute; remembers a bounded number of names."""

    def __init__(self, most: int = TRIES, window: float = WINDOW) -> None:
        self.most, self.window = most, window
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str, now: float | None = None) -> float:
        """Seconds to wait before the next try, 0 when one may be made (and is then counted)."""
        now = time.monotonic() if now is None else now
        key = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()  # as long for a long name
        with self._lock:
            tries = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while len(self._seen) > 10_000:
                self._seen.popitem(last=False)
            while tries and now - tries[0] >= self.window:
                tries.popleft()
            if len(tries) >= self.most:
                return self.window - (now - tries[0])
            tries.append(now)
            return 0.0


def who_of(gate: Gate) -> Any:
    """The gate as the question our routes and Gradio's `auth_dependency` ask."""

    def who(request: HTTPConnection) -> str | None:
        return gate.name(request.scope)

    return who
