"""One transaction with one scope around every request, and no household left in a shared PC's cache."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from administration.delegation_actions import SESSION_KEY, standing_in
from administration.limits import TooMany, answer
from administration.models import Officer
from administration.scope import scope_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class ScopeMiddleware:
    """Views and their templates run inside: ATOMIC_REQUESTS would end before a TemplateResponse renders."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, Officer):
            return self.get_response(request)
        standing_in(request.user, getattr(request, "session", {}).get(SESSION_KEY))
        with scope_of(request.user):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer(request, exception) if isinstance(exception, TooMany) else None


class ChosenLanguageMiddleware:
    """Vietnamese, or what the officer chose by the switch. Never what the browser prefers: many PCs say English."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


class PrivatePagesMiddleware:
    """Pages of a signed-in officer are never stored by the browser (commune PCs are shared)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response
