"""The two commands and every command of the README, run as a newcomer runs them."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTLED_BY_THE_SUITE = ("DATABASE_", "CELERY_", "TRAO_", "DJANGO_")
RUN_BY_CI_ITSELF = {"./trao check", "./trao test"}  # .ci/run is these two; the suite does not run itself
pytestmark = pytest.mark.timeout(600)


def readme_commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A newcomer's environment: nothing of this test run, and a data folder of its own."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(SETTLED_BY_THE_SUITE)}
    return {**bare, "TRAO_DATA": str(tmp_path_factory.mktemp("demo"))}


class Demo:
    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.first_words = self.start()

    def start(self) -> str:
        """Starts it and returns what it says until it is ready."""
        self.port = free_port()
        command = ["./trao", "demo", "--port", str(self.port), "--households", "400"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self.process.stdout
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        return "".join(lines)

    def page(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()

    def stop(self) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGINT)
            self.process.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def left_over(environment: dict[str, str]) -> list[str]:
    """Processes of this demo that still run: they carry its data folder in their environment or command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if environment["TRAO_DATA"].encode() in words and command:
            found.append(command)
    return found


@pytest.fixture(scope="module")
def demo(environment: dict[str, str]) -> Iterator[Demo]:
    running = Demo(environment)
    yield running
    running.stop()


def test_the_demo_says_where_it_is_and_how_to_enter(demo):
    assert "http://localhost:" in demo.first_words
    assert "trao-demo-2024" in demo.first_words
    assert all(name in demo.first_words for name in ("tinh", "huyen.phanthiet", "xa.muine", "lanhdao.muine", "quantri"))
    status, page = demo.page("/dang-nhap/")
    assert status == 200
    assert "Đăng nhập" in page


COMMANDS = [c for c in readme_commands() if c not in RUN_BY_CI_ITSELF and c != "./trao demo"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_works_in_the_running_demo(demo, environment, command):
    done = subprocess.run(shlex.split(command), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_names_the_two_commands():
    assert {"./trao demo", "./trao test", "./trao check"} <= set(readme_commands())
    assert len(COMMANDS) >= 4


def test_control_a_made_up_person_enters_and_a_stranger_does_not(demo):
    import http.cookiejar
    import urllib.parse

    def sign_in(password: str) -> str:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        address = f"http://localhost:{demo.port}/dang-nhap/"
        form = opener.open(address, timeout=20).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token
        fields = {"csrfmiddlewaretoken": token[1], "login": "tinh", "password": password}
        request = urllib.request.Request(address, urllib.parse.urlencode(fields).encode(), {"Referer": address})
        return opener.open(request, timeout=20).geturl()

    assert sign_in("trao-demo-2024").endswith("/viec/")
    assert sign_in("wrong-password-000").endswith("/dang-nhap/")


def test_ctrl_c_stops_everything_and_the_next_start_keeps_the_data(demo, environment):
    demo.stop()
    deadline = time.monotonic() + 20
    while left_over(environment) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left_over(environment) == []
    said = demo.start()
    assert "đợt 1" not in said
    assert demo.page("/dang-nhap/")[0] == 200
