"""The catalogue: cards read from TOML, the studio's own and the person's.

One table per card, its name is the card's id. A broken entry of the person's is reported and hides no good one; a
broken entry of the studio's own is an error. Every message names file, entry and field in a sentence.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from studio.core.ask import Medium
from studio.core.card import Card
from studio.core.errors import StudioError

SHIPPED = Path(__file__).with_name("catalog.toml")


class Shelf(NamedTuple):
    """All known cards, and what was wrong with those that could not be read."""

    cards: tuple[Card, ...]
    problems: tuple[str, ...] = ()

    def find(self, id: str) -> Card | None:
        return next((card for card in self.cards if card.id == id), None)

    def select(self, task: str | None = None, medium: Medium | None = None) -> list[Card]:
        return [c for c in self.cards if (not task or task in c.tasks) and (not medium or c.medium == medium)]


def read_shelf(user: Path | None = None, shipped: Path = SHIPPED) -> Shelf:
    """The studio's own catalogue with the person's over it: an entry of theirs with the same name wins."""
    own, problems = read_catalog(shipped)
    if problems:
        raise StudioError(" ".join(problems))
    cards = {card.id: card for card in own}
    if user is not None and user.exists():
        theirs, problems = read_catalog(user)
        cards.update({card.id: card for card in theirs})
    return Shelf(tuple(cards.values()), tuple(problems))


def read_catalog(path: Path) -> tuple[list[Card], list[str]]:
    """The good cards of one file, and a sentence for each thing that is wrong with the others."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        return [], [f"The catalogue {path} cannot be read: {error.strerror}."]
    except UnicodeDecodeError:
        return [], [f"The catalogue {path} is not UTF-8 text. Save it as UTF-8."]
    except tomllib.TOMLDecodeError as error:
        return [], [f"The catalogue {path} is not valid TOML: {error}."]
    cards: list[Card] = []
    problems: list[str] = []
    for name, table in tables.items():
        card, wrong = _read_card(name, table)
        problems += [f"In {path}, entry `{name}`{said}" for said in wrong]
        if card is not None:
            cards.append(card)
    return cards, problems


def _read_card(name: str, table: Any) -> tuple[Card | None, list[str]]:
    if not isinstance(table, dict):
        return None, [f": must be a table, written [{name}]."]
    if "id" in table:
        return None, [", field `id`: must not be written; the name of the table is the id."]
    try:
        card = Card.model_validate({**table, "id": name})
    except ValidationError as error:
        return None, [_say(e) for e in error.errors(include_url=False)]
    wrong = _where(card)
    return (None, [wrong]) if wrong else (card, [])


def _where(card: Card) -> str:
    """What is wrong with where a model is said to be."""
    kind, where = card.source.kind, card.source.where
    if kind == "embedded" and not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", where):
        return ", field `source.where`: must be the name of one folder."
    if kind == "hub" and not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*/[A-Za-z0-9_-][A-Za-z0-9._-]*", where):
        return ", field `source.where`: must be owner/name, as the hub writes it."
    if kind == "folder" and not Path(where).is_absolute():
        return ", field `source.where`: must be the whole path of a folder."
    if kind == "server":
        return _address(where)
    return ""


def _address(where: str) -> str:
    """What is wrong with the address of a server."""
    if not where.startswith(("http://", "https://")):
        return ", field `source.where`: must start with http:// or https://."
    parts = urlsplit(where)
    if parts.username or parts.password or parts.query:
        return ", field `source.where`: must hold no name and no key. Name the variable that holds the key in `options.key_env`."
    return ""


def _say(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "?"
    if error["loc"] == ("id",):
        return ": its name must be small letters, digits, dots, dashes and underscores, at most 80 of them."
    return f", field `{where}`: {_must(error)}."


def _must(error: ErrorDetails) -> str:
    kind, field, context = error["type"], str(error["loc"][-1]), error.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(field, Card.model_fields, n=1)
        return "is not a field of a card" + (f"; did you mean `{near[0]}`?"[:-1] if near else "")
    if field in ("size", "memory") and (kind.startswith("int") or kind == "greater_than_equal"):
        return "must be a whole number of bytes"
    if kind == "literal_error":
        return f"must be one of {context['expected']}"
    if field == "sha256":
        return "must be 64 digits of 0-9 and a-f"
    if field == "runtime" and kind == "string_pattern_mismatch":
        return "must be the name of a runtime: small letters, digits and underscores"
    if kind == "string_type":
        return "must be text in quotes"
    if kind in ("tuple_type", "list_type"):
        return "must be a list in square brackets"
    if kind == "too_short":
        return "must not be empty"
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    message = error["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
