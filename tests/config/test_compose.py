"""docker-compose.yml against the settings, .env.example and the programs it names; no engine is needed."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from config.embedded import ROOT
from config.is_healthy import is_healthy

TEXT = (ROOT / "docker-compose.yml").read_text()
EXPLAINED = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
OWN = ("migrate", "web", "worker", "beat")


def sections(of: str) -> dict[str, str]:
    """The blocks two spaces below a top-level key, by name."""
    whole = re.split(r"^(?=\S)", TEXT, flags=re.M)
    (inside,) = [part for part in whole if part.startswith(f"{of}:")]
    blocks = re.split(r"^  (?=[a-z])", inside, flags=re.M)[1:]
    return {block.split(":")[0]: re.sub(r"^    ", "", block, flags=re.M) for block in blocks}


SERVICES = sections("services")


def setting(service: str, key: str) -> str:
    """The value of a service's key, on one line; "" when it has none."""
    found = re.search(rf"^{key}:(.*(?:\n  .*)*)", SERVICES[service], re.M)
    return " ".join(found[1].split()) if found else ""


def test_a_province_has_its_database_queue_web_worker_and_clock():
    assert set(SERVICES) == {"db", "redis", *OWN}


def test_an_image_is_a_plain_name_with_a_version():
    """No registry is named, and what comes from outside does not float."""
    assert re.findall(r"^  image: (.*)$", TEXT, re.M) == ["trao:${TRAO_VERSION:-latest}"]
    assert all(re.fullmatch(r"[a-z]+:\d+", setting(name, "image")) for name in ("db", "redis"))
    assert all("<<: *trao" in SERVICES[name] for name in OWN)


def test_every_service_that_stays_starts_again_and_says_how_it_is():
    assert "restart: unless-stopped" in TEXT.split("services:")[0]
    for name in SERVICES.keys() - {"migrate"}:
        check = setting(name, "healthcheck")
        assert name in OWN or setting(name, "restart") == "unless-stopped"
        assert all(f"{part}:" in check for part in ("test", "interval", "timeout", "retries")), name
    assert setting("migrate", "restart") == '"no"'


def test_everybody_waits_for_what_they_need():
    assert setting("migrate", "depends_on") == "db: {condition: service_healthy}"
    assert setting("web", "depends_on") == (
        "&ready migrate: {condition: service_completed_successfully} redis: {condition: service_healthy}"
    )
    assert {setting(name, "depends_on") for name in ("worker", "beat")} == {"*ready"}


def test_the_database_is_well_only_when_it_listens_to_others():
    """Its first server, which makes the roles, listens on its socket alone."""
    assert "pg_isready, -h, 127.0.0.1" in setting("db", "healthcheck")


def test_every_variable_is_explained_and_every_setting_is_one_that_is_read():
    asked = set(re.findall(r"\$\{([A-Z_]+)", TEXT)) - {"TRAO_VERSION"}
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    read |= {"CELERY_BROKER_URL", "DATABASE_URL"}
    given = set(re.findall(r"^\s+([A-Z_]+): ", "".join([TEXT.split("services:")[0], *map(SERVICES.get, OWN)]), re.M))

    assert asked - EXPLAINED == set()
    assert len(given) >= 5
    assert given - read == set()


def test_secrets_have_no_default_and_stand_nowhere():
    secrets = re.findall(r"\$\{([A-Z_]*PASSWORD)([^}]*)\}", TEXT)

    assert len(secrets) >= 5
    assert {default for _name, default in secrets} == {":?see .env.example"}


def test_volumes_are_declared_and_kept_where_the_image_writes():
    mounts = re.findall(r"^ +- ([a-z]+):/", TEXT, re.M)
    (files,) = re.findall(r"TRAO_FILES: (\S+)", TEXT)

    assert set(mounts) == set(sections("volumes"))
    assert f"- files:{files}" in TEXT
    assert f"chown -R trao {files.rsplit('/', 1)[0]}" in (ROOT / "Dockerfile").read_text()


def test_what_is_mounted_and_run_is_there():
    mounted = re.findall(r"^ +- (\./[^:]+):", TEXT, re.M)

    assert mounted
    assert [path for path in mounted if not os.access(ROOT / path, os.X_OK)] == []
    assert {setting(name, "command").split(",")[0].strip("[") for name in OWN} == {"python", "gunicorn", "celery"}
    assert subprocess.run(["sh", "-n", ROOT / "docker" / "create-roles.sh"], check=False).returncode == 0


def test_the_web_port_is_for_this_machines_proxy_unless_told_otherwise():
    assert setting("web", "ports").startswith("- ${TRAO_BIND:-127.0.0.1}:")


class _Site(BaseHTTPRequestHandler):
    """Like Django with TRAO_HOSTS=trao.example.vn: whoever asks for another name is refused."""

    def do_GET(self) -> None:
        is_known = self.headers["Host"] == "trao.example.vn" and self.path == "/suc-khoe/"
        self.send_response(200 if is_known else 400)
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


def test_the_web_container_is_well_when_asked_by_the_name_of_the_site():
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host, port = str(server.server_address[0]), server.server_port

        assert is_healthy(host, port, "trao.example.vn")
        assert not is_healthy(host, port, "127.0.0.1")
        server.shutdown()
    assert not is_healthy(host, port, "trao.example.vn")
    assert "config.is_healthy" in setting("web", "healthcheck")
