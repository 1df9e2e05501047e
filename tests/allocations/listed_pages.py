"""Pages of lists as an officer opens and sends them."""

from __future__ import annotations

import datetime

DAY = datetime.date(2024, 6, 10)
HTMX = {"HX-Request": "true"}
LIST = "/dot/dot-2/"


def page(browser, officer, url, *, status=200, **more) -> str:
    browser.force_login(officer)
    response = browser.get(url, **more)
    assert response.status_code == status
    return response.content.decode()


def send(browser, officer, url, data=None, *, status=302, **more):
    browser.force_login(officer)
    response = browser.post(url, data or {}, **more)
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def lines(commune_list, *statuses):
    return list(commune_list.lines.filter(status__in=statuses).by_priority())
