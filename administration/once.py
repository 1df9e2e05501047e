"""A form that is sent twice (double click, a retry on a slow line) is carried out once (ux 3.0.2, rule 3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from administration.models import Submission

FIELD = "khoa_lan_gui"
View = Callable[..., HttpResponse]


def new_key() -> str:
    """For the hidden field of a form that is shown."""
    return str(uuid.uuid4())


def once(view: View) -> View:
    """Below `requires`: the same key sent again is answered with the address of the first answer.

    The second of two simultaneous requests waits for the first, because the key is unique. An answer that changed
    nothing (422, 409 and other errors) frees the key, so that the mended form may be sent with it. A success without an
    address of its own (a fragment) sends the second request to the page itself.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        if key is None:
            return view(request, *args, **kwargs)
        officer_id: int = request.user.pk or 0
        submission, is_first = Submission.objects.get_or_create(key=key, defaults={"officer_id": officer_id})
        if submission.officer_id != officer_id:
            raise BadRequest("this form was opened by somebody else")
        if not is_first:
            return redirect(submission.location or request.path)
        try:
            response = view(request, *args, **kwargs)
        except (Http404, PermissionDenied, BadRequest):
            submission.delete()  # Django answers these without undoing the transaction
            raise
        if response.status_code >= 400:
            submission.delete()
        else:
            submission.location = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
            submission.save(update_fields=["location"])
        return response

    return wrapped


def _key(request: HttpRequest) -> uuid.UUID | None:
    if request.method != "POST" or FIELD not in request.POST:
        return None
    try:
        return uuid.UUID(request.POST[FIELD])
    except ValueError as error:
        raise BadRequest("the key of the form is damaged") from error
