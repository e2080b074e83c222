"""Names for new things: short, unguessable, sorting by the moment they were made."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: nothing to misread


def new_id() -> str:
    """26 characters: 48 bits of milliseconds, 80 bits of chance (the layout of a ULID, in lower case)."""
    number = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    letters = []
    for _ in range(26):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(letters))
