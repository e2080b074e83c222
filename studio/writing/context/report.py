"""What went into a prompt and what was left out, in figures and in plain sentences; it travels with every offer."""

from collections.abc import Sequence

from studio.core.word import Word
from studio.writing.ask import Part, PartOf

NAMES: dict[PartOf, str] = {
    "role": "the role", "style": "your style card", "constant": "what is always true", "summary": "the story so far",
    "cast": "who is in the scene", "before": "the text before", "lore": "lore", "note": "your note", "beat": "the beat",
    "instruction": "your instruction", "after": "the text after",
}  # fmt: skip
# That old text is left out is the rule, not worth a warning.
_QUIET: frozenset[PartOf] = frozenset({"before", "after", "summary"})
_UNREAD = "This model cannot use it."


class Row(Word):
    """How one part fared. `cut_from` to `cut_to`: the letters of the part that were left out, none when they are equal."""

    kind: PartOf
    title: str = ""
    id: str = ""
    why: str = ""
    wanted: int  # pieces; of a long text that was cut, about
    used: int  # pieces
    letters: int
    cut_from: int = 0
    cut_to: int = 0
    told: str = ""

    @property
    def name(self) -> str:
        return f"{NAMES[self.kind]} ({self.title})" if self.title else NAMES[self.kind]


class Report(Word):
    rows: tuple[Row, ...] = ()
    total: int = 0  # pieces that went in
    budget: int = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence for what the person said should be known and the model was not told."""
        cut = [row.name for row in self.rows if row.cut_to > row.cut_from and row.kind not in _QUIET and row.told != _UNREAD]
        unread = [row.name for row in self.rows if row.told == _UNREAD and row.kind in ("instruction", "constant")]
        out = [f"There was too little room for all of {_listed(cut)}."] if cut else []
        return (*out, *([f"This model cannot use {_listed(unread)}."] if unread else []))

    def with_unread(self, parts: Sequence[Part]) -> "Report":
        """Also says which parts the model has no use for."""
        rows = [
            Row(
                kind=part.kind, title=part.title, id=part.id, why=part.why, wanted=0, used=0, letters=len(part.text),
                cut_to=len(part.text), told=_UNREAD,
            )
            for part in parts
        ]  # fmt: skip
        return self.changed(rows=(*self.rows, *rows))


def row_of(part: Part, start: int, end: int, used: int, pieces: float) -> Row:
    """The row of a part of which the letters from `start` to `end` went in, at about `pieces` for a letter."""
    size = len(part.text)
    cut = (0, size) if start >= end else (0, start) if start > 0 else (end, size)
    return Row(
        kind=part.kind, title=part.title, id=part.id, why=part.why, used=used, letters=size, cut_from=cut[0], cut_to=cut[1],
        wanted=used + round((cut[1] - cut[0]) * pieces), told=_told(part.text, *cut),
    )  # fmt: skip


def _told(text: str, cut_from: int, cut_to: int) -> str:
    if cut_from >= cut_to:
        return "All of it went in."
    if cut_to - cut_from == len(text):
        return "There was no room for it."
    # Spaces are counted instead of words: that is quick in a whole manuscript, too.
    words = max(1, text.count(" ", cut_from, cut_to) + text.count("\n", cut_from, cut_to))
    some = "One word" if words == 1 else f"About {words:,} words"
    was = "was" if words == 1 else "were"
    place = f"before “{_glimpse(text[cut_to:])}”" if cut_from == 0 else f"after “{_glimpse(text[:cut_from], last=True)}”"
    return f"{some} {was} left out, {place}."


def _glimpse(text: str, last: bool = False) -> str:
    near = text[-80:] if last else text[:80]
    words = near.split()
    return "… " + " ".join(words[-5:]) if last else " ".join(words[:5]) + " …"


def _listed(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(names))
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
