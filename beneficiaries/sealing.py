"""Identity numbers in the database: a keyed hash to match, a sealed text to show. A stolen dump holds no number.

The key (64 hex digits, settings.IDENTITY_KEY) lives outside the database; two keys are derived from it with HKDF.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def fingerprint(number: str) -> bytes | None:
    """HMAC-SHA-256 (32 bytes) of an identity number; None for an empty one, which matches nothing."""
    return hmac.digest(_key("match"), number.encode(), hashlib.sha256) if number else None


def seal(text: str) -> bytes | None:
    """AES-256-GCM, random 12-byte nonce in front; None for an empty text."""
    if not text:
        return None
    nonce = os.urandom(12)
    return nonce + _cipher().encrypt(nonce, text.encode(), None)


def unseal(sealed: bytes | memoryview | None) -> str:
    if not sealed:
        return ""
    raw = bytes(sealed)
    return _cipher().decrypt(raw[:12], raw[12:], None).decode()


def seal_json(value: Any) -> bytes:
    sealed = seal(_ENCODER.encode(value))
    assert sealed is not None  # noqa: S101 - a JSON text is never empty
    return sealed


def unseal_json(sealed: bytes | memoryview) -> Any:
    return json.loads(unseal(sealed))


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return AESGCM(_key("show"))


@lru_cache(maxsize=2)
def _key(purpose: str) -> bytes:
    secret = bytes.fromhex(settings.IDENTITY_KEY)
    return HKDF(SHA256(), 32, salt=None, info=f"trao identity {purpose}".encode()).derive(secret)
