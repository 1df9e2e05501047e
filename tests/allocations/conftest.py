"""For tests that look at sentences: in English, which is what the code itself says. A round, its officers, a list."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from administration.models import Role
from allocations.actions import build_list, submit_list
from tests.allocations.listed_pages import DAY
from tests.factories import (
    commune,
    make_household,
    make_officer,
    make_quota,
    make_round,
)


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def browser(english: None) -> Client:
    """A browser whose officer has chosen English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def official(everywhere):
    return make_officer(full_name="Lê Thị Lập")


@pytest.fixture
def leader(everywhere):
    return make_officer(Role.COMMUNE_LEADER, full_name="Trần Văn Ký")


@pytest.fixture
def reviewer(everywhere):
    return make_officer(Role.REVIEWER)


@pytest.fixture
def round(everywhere):
    return make_round(code="dot-2", name="Đợt 2")


@pytest.fixture
def built(round, official):
    """Four households by priority, one of them without a number, and one that is not on the list."""
    make_quota(round, allowed=2)
    make_household(attributes=["NCC"], certificate_no="1", head_name="Lò Thị Yến")
    make_household(certificate_no="2", head_name="Giàng A Chổ")
    make_household(identity=None, head_name="Vàng Hữu An")
    make_household(category="HCN", certificate_no="3", head_name="Đỗ Thị Ẩn")
    make_household(prior_device="Máy tính bảng 2022", head_name="Hà Văn Nhận")
    return build_list(round.pk, commune().pk, by=official)


@pytest.fixture
def submitted(built, leader):
    submit_list(built.pk, document_no="05/TTr-UBND", document_date=DAY, by=leader)
    return built
