"""Whether a webhook is theirs. Always over the very bytes that came, always in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping


def header(headers: Mapping[str, str], name: str) -> str:
    """One header, whatever case its name came in."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def signed(raw: bytes, signature: bytes | None, secrets: Iterable[str]) -> bool:
    """Whether any secret in force gives this HMAC-SHA256. Every secret is tried, found or not."""
    wanted = [hmac.digest(secret.encode(), raw, hashlib.sha256) for secret in secrets if secret]
    matches = [hmac.compare_digest(digest, signature or b"") for digest in wanted]
    return any(matches)


def from_hex(signature: str) -> bytes | None:
    try:
        return binascii.unhexlify(signature)
    except ValueError:
        return None


def from_base64(signature: str) -> bytes | None:
    try:
        return base64.b64decode(signature, validate=True)
    except ValueError:
        return None


def same(given: str, wanted: str) -> bool:
    """Whether two texts are equal, told in constant time."""
    return hmac.compare_digest(given.encode(), wanted.encode())
