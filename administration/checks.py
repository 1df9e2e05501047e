"""What `check` refuses: a view of ours that names no permission; published passwords outside the demo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register
from django.db import DatabaseError
from django.urls import URLPattern, URLResolver, get_resolver

from administration.models import Officer

OUR_APPS = ("administration", "beneficiaries", "devices", "allocations", "reports")
PUBLIC = {"health"}  # needs nobody signed in


@register
def every_view_names_its_permission(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"the view {view.callback.__module__}.{view.callback.__qualname__} names no permission",
            hint="put @requires(Permission.X) on it",
            id="trao.E001",
        )
        for view in _own_views(get_resolver())
        if view.name not in PUBLIC and not hasattr(view.callback, "permission")
    ]


def _own_views(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _own_views(entry)
        elif entry.callback.__module__.partition(".")[0] in OUR_APPS:
            yield entry


@register(deploy=True)
def no_published_passwords(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Officers of the demo have a password that stands in the README; outside the demo they must not exist."""
    if settings.DEMO:
        return []
    try:
        made_up = Officer.objects.filter(is_demo=True).count()
    except DatabaseError:
        return [Info("the database could not be asked for officers of the demo", id="trao.I001")]
    if not made_up:
        return []
    hint = "start with an empty database, or delete these officers"
    return [
        Error(
            f"{made_up} officers of the demo, with a published password, are in this database",
            hint=hint,
            id="trao.E002",
        )
    ]
