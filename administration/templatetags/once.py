"""The hidden field that makes a form count once (administration.once)."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from administration.once import FIELD, new_key

register = template.Library()


@register.simple_tag
def once_key() -> SafeString:
    """A fresh key for the form it stands in."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())
