"""An upload that is cut half-way leaves nothing behind, and the server answers the next request (F16)."""

from __future__ import annotations

import socket
import tempfile
import time
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from administration.models import Officer
from administration.scope import EVERYWHERE, within
from beneficiaries.models import ImportFile
from tests.beneficiaries.test_household_browser import signed_in
from tests.factories import make_officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60, func_only=True)]
BOUNDARY, TOKEN = "cut-half-way", "a" * 32
SIZE = 6 * 1024 * 1024  # more than stays in memory: the half that arrives is already in a temporary file
PATIENCE = 10.0


@pytest.fixture
def official() -> Officer:
    with within(*EVERYWHERE):
        return make_officer()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary files of the server's threads, which live in this process, go to a folder of their own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def upload(server: LiveServer, officer: Officer, content: bytes) -> bytes:
    """The whole request as a browser sends it."""
    begin = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="tep"; filename="ds.xlsx"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = begin.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    session = f"{settings.SESSION_COOKIE_NAME}={signed_in(officer)}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    head = (
        f"POST /nhap/tep/ HTTP/1.1\r\nHost: {server.thread.host}:{server.thread.port}\r\nOrigin: {server.url}\r\n"
        f"Cookie: {session}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def connected(server: LiveServer) -> socket.socket:
    return socket.create_connection((server.thread.host, server.thread.port), timeout=PATIENCE)


def answer(server: LiveServer, request: bytes) -> str:
    """The status line and headers."""
    with connected(server) as line:
        line.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received and (more := line.recv(65536)):
            received += more
    return received.decode("latin-1")


def wait_until(folder: Path, *, has_files: bool) -> None:
    end = time.monotonic() + PATIENCE
    while any(folder.iterdir()) != has_files:
        assert time.monotonic() < end, f"files: {[file.name for file in folder.iterdir()]}"
        time.sleep(0.02)


def stored(files: Path, temporary: Path) -> list[Path]:
    return [path for path in files.rglob("*") if path.is_file() and temporary not in path.parents]


def test_an_upload_cut_half_way_leaves_nothing_and_the_whole_one_is_taken(live_server, official, files, temporary):
    request = upload(live_server, official, b"x" * SIZE)
    with connected(live_server) as line:
        line.sendall(request[: len(request) // 2])
        wait_until(temporary, has_files=True)  # the server is in the middle of it

    wait_until(temporary, has_files=False)
    with within(*EVERYWHERE):
        assert not ImportFile.objects.exists()
    assert stored(files, temporary) == []

    taken = answer(live_server, request)
    assert taken.startswith("HTTP/1.1 302"), taken
    with within(*EVERYWHERE):
        assert ImportFile.objects.get().file.size == SIZE
    assert len(stored(files, temporary)) == 1
    wait_until(temporary, has_files=False)
