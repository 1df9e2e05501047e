"""Renders every part of the look with made-up data and serves the pages to a browser under the product's policy."""

import datetime
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from administration.templatetags.statuses import FLAG_LABELS, STATUS_LABELS
from administration.templatetags.trao import Column

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = Path(__file__).resolve().parent / "pages"
CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
NAMES = ["Nguyễn Văn An", "Đỗ Thị Ẩn", "Trần Thị Ánh", "Phạm Văn Ân", "Huỳnh Thị Ổn", "Mang Thị Ễnh", "Bờ Dam Thị Ỵ"]
STATES = ["draft", "posted", "submitted", "returned", "waiting", "approved", "rejected", "handed_over", "withdrawn"]


@dataclass
class Officer:
    """Stands in for the officer of the page frame."""

    name: str = "Lò Thị Yến"
    is_authenticated: bool = True

    def __str__(self) -> str:
        return self.name

    def get_role_display(self) -> str:
        return "Cán bộ xã"


class FilterForm(forms.Form):
    q = forms.CharField(
        label="Tên, số định danh, mã hộ",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True, "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label="Trạng thái", required=False, choices=[("", "Tất cả"), ("draft", "Nháp"), ("approved", "Đã duyệt")]
    )
    category = forms.ChoiceField(label="Diện", required=False, choices=[("", "Tất cả"), ("poor", "Hộ nghèo")])
    village = forms.ChoiceField(label="Thôn, khu phố", required=False, choices=[("", "Tất cả"), ("1", "Khu phố 1")])
    show_optional = False


class HouseholdForm(forms.Form):
    head_name = forms.CharField(label="Họ và tên chủ hộ")
    born_on = forms.DateField(label="Ngày sinh", help_text="Ví dụ 05/03/1968", required=False)
    identity = forms.CharField(
        label="Số định danh",
        help_text="12 chữ số trên thẻ căn cước",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    category = forms.ChoiceField(label="Diện", choices=[("poor", "Hộ nghèo"), ("near", "Hộ cận nghèo")])
    device = forms.ChoiceField(
        label="Máy đang dùng",
        widget=forms.RadioSelect,
        choices=[("none", "Chưa có máy"), ("2g", "Máy 2G"), ("smart", "Điện thoại thông minh")],
    )
    evidence = forms.MultipleChoiceField(
        label="Minh chứng",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("card", "Giấy chứng nhận hộ nghèo năm 2024"), ("id", "Ảnh thẻ căn cước")],
    )
    agreed = forms.BooleanField(label="Chủ hộ đã đồng ý cho dùng số liệu này", required=True)
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(label="Tệp đính kèm", required=False)


@dataclass
class Sample:
    """The context that all sample pages share."""

    language: str = "vi"
    anonymous: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    def context(self) -> dict[str, Any]:
        request = RequestFactory().get("/ho/?page=3&status=draft&sort=name")
        return {
            "request": request,
            "csrf_token": "sample",
            "LANGUAGE_CODE": self.language,
            "user": Thing(is_authenticated=False) if self.anonymous else Officer(),
            "area": None if self.anonymous else "Phường Mũi Né",
            "navigation": [] if self.anonymous else _navigation(),
            "help_phone": "0252 000 000",
            "version": "0.1",
            **_lists(),
            **_forms(),
            **self.more,
        }


def _navigation() -> list[Thing]:
    labels = ["Việc cần làm", "Hộ gia đình", "Nhập Excel", "Đợt", "Giao máy", "Báo cáo"]
    return [Thing(label=label, url=f"#{n}", count=None if n else 3, current=n == 1) for n, label in enumerate(labels)]


def _households() -> list[Thing]:
    return [
        Thing(
            code=f"MN-{412 + n:05}",
            name=NAMES[n % len(NAMES)],
            identity=f"0600680124{n:02}",
            village=f"Khu phố {n % 7 + 1}",
            category="Hộ nghèo" if n % 3 else "Cận nghèo",
            priority=n + 1,
            status=STATES[n % len(STATES)],
            flag="namesake" if n % 9 == 4 else "no_certificate" if n % 9 == 7 else "",
        )
        for n in range(14)
    ]


def _lists() -> dict[str, Any]:
    at = datetime.datetime(2026, 3, 5, 7, 5, tzinfo=datetime.UTC)
    columns = [
        Column("Mã hộ", "code"),
        Column("Chủ hộ (xếp theo tên)", "name"),
        Column("Số định danh"),
        Column("Thôn, khu phố"),
        Column("Diện", "category"),
        Column("Ưu tiên", "priority", number=True),
        Column("Trạng thái"),
    ]
    return {
        "states": STATES,
        "review_columns": [
            Column("Ưu tiên", number=True),
            *map(Column, ["Chủ hộ", "Số định danh", "Diện", "Kiểm tra"]),
        ],
        "statuses": [code.split(":")[::-1] for code in STATUS_LABELS if ":" in code],
        "flags": list(FLAG_LABELS),
        "households": _households(),
        "columns": columns,
        "page": Paginator(range(1284), 50).page(3),
        "jobs": _jobs(),
        "tasks": [
            Thing(title="Nhập danh sách hộ", url="#a", amount="247/312 hộ", state="doing", hint="còn 65 dòng"),
            Thing(title="Bổ sung minh chứng", url="#b", amount="35 hộ thiếu", state="todo", hint=""),
            Thing(title="Niêm yết công khai", url="", amount="", state="blocked", hint="cần xong việc 1 và 2"),
            Thing(title="Gửi danh sách đợt 1", url="#c", amount="312 hộ", state="done", hint=""),
        ],
        "events": [
            Thing(title="Đã duyệt", at=at, by="Phạm Văn Ân, thẩm định", document="QĐ 12", reason="", changes=[]),
            Thing(
                title="Sửa hộ",
                at=at,
                by="Lò Thị Yến",
                document="",
                reason="Gõ nhầm khu phố",
                changes=[("Khu phố", "Khu phố 1", "Khu phố 2")],
            ),
        ],
        "steps": [("Rà soát", 18420), ("Gửi danh sách", 14920), ("Đã duyệt", 12157), ("Về xã", 8841), ("Giao", 7552)],
        "late": [  # commune, step, days late, households left
            ("Mũi Né", "Chưa gửi danh sách", 16, 176),
            ("Phú Hài", "Chờ thẩm định", 14, 125),
            ("Tiến Lợi", "Chờ máy", 9, 88),
        ],
        "heat": [
            ("Mũi Né", 92, 0, 0, 0, 0),
            ("Phú Hài", 100, 88, 46, 46, 20),
            ("Liên Hương", 100, 100, 97, 75, 55),
            ("Phan Rí Cửa", 100, 100, 100, 95, 92),
        ],
        "list_selectors": [Thing(label="Chọn cả 1.284 hộ khớp", name="select", value="all")],
        "list_actions": [
            Thing(label="Thêm vào đợt", name="act", value="add"),
            Thing(label="Excel", name="act", value="x"),
        ],
        "selectors": [
            Thing(label="Chọn cả 438 hộ sạch", name="select", value="clean"),
            Thing(label="Chọn đủ chỉ tiêu: 48 hộ ưu tiên cao nhất", name="select", value="quota"),
        ],
        "actions": [
            Thing(label="Trả lại…", name="decision", value="return"),
            Thing(label="Từ chối…", name="decision", value="reject"),
            Thing(label="Duyệt…", name="decision", value="approve", style="primary", counted=True),
        ],
    }


def _jobs() -> list[Thing]:
    now = timezone.now()
    shared = {"created_at": now, "started_at": now - datetime.timedelta(seconds=30), "lease_until": None, "error": ""}
    return [
        Thing(pk=1, state="running", is_open=True, progress_done=231, progress_total=312, **shared),
        Thing(pk=2, state="queued", is_open=True, progress_done=0, progress_total=0, **shared),
        Thing(pk=3, state="done", is_open=False, progress_done=312, progress_total=312, **shared),
        Thing(
            pk=4, state="failed", is_open=False, progress_done=9, progress_total=312, **(shared | {"error": "Mã 1182."})
        ),
    ]


def _forms() -> dict[str, Any]:
    broken = HouseholdForm({"identity": "6006801242", "born_on": "31/02/1968"})
    broken.is_valid()
    broken.add_error("identity", "Số định danh phải có 12 chữ số. Bạn nhập 10 số.")
    return {"filter_form": FilterForm(), "household_form": HouseholdForm(), "broken_form": broken}


class Message:
    """One message of Django's message framework."""

    def __init__(self, level_tag: str, text: str) -> None:
        self.level_tag, self.text = level_tag, text

    def __str__(self) -> str:
        return self.text


def sample_pages() -> list[str]:
    return [*sorted(path.name for path in PAGES.glob("*.html")), "403.html", "404.html", "500.html", "503.html"]


def login() -> dict[str, Any]:
    """What the log-in page of the demo gets."""
    logins = [("tinh", "Cán bộ tỉnh Bình Thuận"), ("xa.muine", "Cán bộ phường Mũi Né"), ("quantri", "Quản trị")]
    return {"form": LoginForm(), "demo_logins": logins, "demo_password": "trao-demo-2024", "redirect_field": ""}


def render(page: str, sample: Sample | None = None) -> str:
    """The HTML of one page of tests/look/pages, or of templates/ when there is none of that name there."""
    sample = sample or Sample()
    engine = engines["django"]
    source = PAGES / page
    template = engine.from_string(source.read_text("utf-8")) if source.exists() else engine.get_template(page)
    with translation.override(sample.language):
        context = sample.context()
        context["messages"] = [Message("success", "Đã lưu 292 hộ.")] if page == "parts.html" else []
        return str(template.render(context))


@contextmanager
def served(pages: dict[str, str]) -> Iterator[str]:
    """Serves pages (name -> HTML) and static/ on a free port, with the content security policy of the product."""
    handler = type("Handler", (_Handler,), {"pages": pages})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    pages: dict[str, str] = {}

    def do_GET(self) -> None:
        path = self.path.split("?")[0].lstrip("/")
        if path in self.pages:
            self._send(200, "text/html; charset=utf-8", self.pages[path].encode())
        elif path.startswith("static/") and (ROOT / path).is_file():
            self._send(200, mimetypes.guess_type(path)[0] or "application/octet-stream", (ROOT / path).read_bytes())
        else:
            self._send(404, "text/plain", b"")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Tests stay quiet."""
