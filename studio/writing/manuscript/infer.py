"""Who wrote a text of which only the new form is known: edited outside, or read back from a file. Pure.

The old text tells it, by word diff: what stayed keeps its makers, what is new is `maker`'s, unless it stood elsewhere in the
old text. What a person changed outside marks the model's sentences around it, as it does in the studio.
"""

from studio.core.ledger import Ledger, Maker, Span
from studio.writing.diff import fine, hunks
from studio.writing.manuscript.desk import Desk
from studio.writing.manuscript.manuscript import Scene
from studio.writing.manuscript.sources import Piece, recalled
from studio.writing.manuscript.spans import joined, of


def infer(old: str, ledger: Ledger, new: str, maker: Maker = "human") -> Ledger:
    """The ledger of `new`."""
    desk = Desk(Scene(id="old", text=old, ledger=ledger))
    source = Piece(old, ledger.spans)
    for hunk in reversed(list(fine(hunks(old, new)))):
        if not hunk.same:
            desk.splice(hunk.at, len(hunk.old), hunk.new, _made(hunk.new, source, maker), by_person=maker in ("human", "pasted"))
    return Ledger(spans=tuple(desk.spans))


def _made(text: str, source: Piece, maker: Maker) -> list[Span]:
    found = recalled(text, (source,), (), {}) if text else []
    return joined(of(span.length, maker) if span.maker == "pasted" and span.offer is None else span for span in found)
