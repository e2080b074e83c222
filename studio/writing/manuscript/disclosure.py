"""Who wrote it, as a statement to hand on: plain, for Amazon KDP's question, or for an application to the US Copyright Office.

Every number is counted in the ledger. What the ledger cannot know is said to be unknown, and where a rule asks for judgement
the statement says what the judgement is about and leaves it to the person. The rules are told as they stood in November 2026:
KDP's content guidelines (help page G200672390; asked since September 2023, the form described anew in May 2026), the Copyright
Office's guidance of March 16, 2023 (88 Fed. Reg. 16190) and part 2 of its report on AI, of January 29, 2025.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from studio.core.ledger import Maker
from studio.writing.manuscript.manuscript import Manuscript
from studio.writing.manuscript.shares import by_maker, percent, words
from studio.writing.manuscript.spans import MODEL

Kind = Literal["plain", "kdp", "copyright"]
PASSAGES = 300  # that are listed one by one
NO_ADVICE = "This statement was counted from a record of the writing. It is no legal advice."
NAMES: dict[Maker, str] = {
    "human": "Typed by the author",
    "model": "AI-generated, as it came",
    "model-edited": "AI-generated, then edited by the author",
    "human-rewritten": "The author's passage, reworded by AI",
    "pasted": "Pasted from elsewhere",
}


class Source(NamedTuple):
    """Where an offer came from."""

    model: str  # title
    revision: str
    date: str  # ISO


class Passage(NamedTuple):
    """A stretch of AI-generated text."""

    place: str
    words: int
    first: str
    last: str


def statement(
    manuscript: Manuscript, sources: Mapping[str, Source], kind: Kind = "plain", *, ideas: bool = False, marked: bool = True
) -> str:
    """Markdown, or plain text where not `marked`. `ideas`: AI was also asked for ideas, plots or summaries."""
    counted = _Counted(manuscript, sources)
    lines = [f"# {TITLES[kind]}", "", *_about(manuscript, counted), "", *WRITERS[kind](counted, ideas), "", NO_ADVICE]
    text = "\n".join(lines) + "\n"
    return text if marked else _plain(text)


class _Counted:
    def __init__(self, manuscript: Manuscript, sources: Mapping[str, Source]) -> None:
        self.manuscript = manuscript
        self.made = words(manuscript.scenes)
        self.makers = by_maker(self.made)
        self.total = sum(self.makers.values())
        self.percent = percent(self.makers)
        self.generated = self.makers["model"] + self.makers["model-edited"]
        self.reworded = self.makers["human-rewritten"]
        self.models: dict[tuple[str, str], int] = {}
        dates = []
        for made, count in self.made.items():
            if made.maker in ("human", "pasted"):
                continue
            source = sources.get(made.offer or "")
            name = (source.model, source.revision) if source else ("a model that is no longer known", "")
            self.models[name] = self.models.get(name, 0) + count
            if source and source.date:
                dates.append(source.date[:10])
        self.dates = (min(dates), max(dates)) if dates else None

    def share(self, count: int) -> str:
        exact = 100 * count / self.total if self.total else 0.0
        return (
            "less than 1 %" if 0 < exact < 1 else f"about {exact:.0f} %" if exact < 99.5 or count == self.total else "over 99 %"
        )


def passages(manuscript: Manuscript) -> list[Passage]:
    """Each stretch of AI-generated text, edited or not, with its place."""
    out = []
    for number, chapter in enumerate(manuscript.chapters, 1):
        for place, scene in enumerate(chapter.scenes, 1):
            name = f"{chapter.title or f'Chapter {number}'}, {scene.title or f'scene {place}'}"
            at = start = 0
            for span in [*scene.ledger.spans, None]:
                if span is not None and span.maker in MODEL:
                    at += span.length
                    continue
                found = re.findall(r"\S+", scene.text[start:at])
                if found:
                    out.append(Passage(name, len(found), " ".join(found[:5]), " ".join(found[-5:])))
                at += span.length if span else 0
                start = at
    return out


def _about(manuscript: Manuscript, counted: _Counted) -> list[str]:
    lines = [f"- Title: {manuscript.title or 'untitled'}"]
    if manuscript.author:
        lines.append(f"- Author: {manuscript.author}")
    lines.append(f"- Words: {counted.total:,}")
    lines += [f"- {NAMES[maker]}: {_rows(counted, maker)}" for maker in NAMES if counted.makers[maker]]
    if counted.models:
        lines += ["", "AI models whose words are in the text:", ""]
        for (model, revision), count in sorted(counted.models.items(), key=lambda one: -one[1]):
            lines.append(f"- {model}{f', revision {revision}' if revision else ''}: {_words(count)}")
    if counted.dates:
        first, last = counted.dates
        lines += ["", f"These words were made on {first}." if first == last else f"These words were made from {first} to {last}."]
    return lines


def _write_plain(counted: _Counted, ideas: bool) -> list[str]:
    if not counted.generated and not counted.reworded:
        lines = ["By this record no AI tool wrote or reworded any of this text."]
    else:
        said = []
        if counted.generated:
            said.append(f"{_words(counted.generated)} ({counted.share(counted.generated)}) were generated by AI")
        if counted.reworded:
            said.append(f"{_words(counted.reworded)} ({counted.share(counted.reworded)}) are AI's rewording of the author's own")
        lines = [f"Of {_words(counted.total)}, {' and '.join(said)}."]
    return (
        lines + _ideas(ideas, "AI was also asked for ideas; what came of them was written as counted above.") + _unknown(counted)
    )


def _write_kdp(counted: _Counted, ideas: bool) -> list[str]:
    lines = [
        "When a book is published, or changed and published again, Amazon KDP asks whether AI tools created any of its text, its "
        "images or its translations, each by itself. Text that an AI tool created is AI-generated, even if it was edited "
        "substantially afterwards. AI-assisted text, which the author wrote and AI only edited or refined, or for which AI only "
        "gave ideas, need not be declared.",
        "",
    ]
    if counted.generated:
        lines += [
            f"**AI-generated text: yes.** {_words(counted.generated)} ({counted.share(counted.generated)}) were created by an AI "
            f"tool, {counted.makers['model-edited']:,} of them in sentences that the author edited afterwards.",
            "",
            f"Of the answers that KDP offers for text, the counts are nearest to: “{_nearest(counted)}”. Whether editing was "
            "extensive is for the author to judge.",
            "",
            f"Tools to name, where it asks for them: {', '.join(model for model, _ in counted.models)}.",
        ]
    else:
        lines.append("**AI-generated text: none by this record.**")
    if counted.reworded:
        lines += [
            "",
            f"AI-assisted: {_words(counted.reworded)} ({counted.share(counted.reworded)}) are AI's rewording of passages that "
            "the author wrote. That is assistance where it refined them. Where a rewrite said something new, count it as "
            f"AI-generated{'' if counted.generated else ' and answer yes'}.",
        ]
    lines += _ideas(ideas, "AI was also asked for ideas. By KDP's rule that is assistance and need not be declared.")
    lines += ["", "Images (the cover is one of them) and translations: not in this record. Answer those two yourself."]
    return lines + _unknown(counted)


def _write_copyright(counted: _Counted, ideas: bool) -> list[str]:
    lines = [
        "The US Copyright Office registers what a human author made. AI-generated material that is more than de minimis is to be "
        "told of and excluded from the claim, and neither an AI tool nor its maker is to be named as an author (88 Fed. Reg. "
        "16190, March 16, 2023). Prompts alone do not make whoever wrote them the author of what came of them (Copyright and "
        "Artificial Intelligence, Part 2, January 29, 2025).",
        "",
    ]
    if not counted.generated and not counted.reworded:
        lines.append("By this record nothing in the text was generated by AI, so nothing is to be excluded for that reason.")
        return lines + _ideas(ideas, "AI was asked for ideas only.") + _unknown(counted)
    lines += ["## Wording for the Standard Application", ""]
    lines.append(f"- Author Created: text{_arranged(counted)}")
    lines.append(f"- Limitation of the Claim, Material Excluded, Other: {'; '.join(_excluded(counted))}")
    lines.append(f"- Limitation of the Claim, New Material Included, Other: text by the author{_arranged(counted)}")
    lines.append("- Note to CO, if you want to say more: the counts, models and dates above, and the passages below")
    lines += ["", "## To be judged by the author or a lawyer", ""]
    if counted.makers["model-edited"]:
        lines.append(
            "- Changes that the author made to AI-generated text can be claimed where they are original enough by themselves. "
            f"The AI's own words in those sentences ({_words(counted.makers['model-edited'])}) cannot."
        )
    if counted.reworded:
        lines.append(
            f"- {_words(counted.reworded).capitalize()} are AI's rewording of the author's passages. The new wording is the "
            "AI's; what of the author's own expression can still be seen in it is the author's."
        )
    lines.append(
        "- Whether the AI-generated part is de minimis, that is too small to matter, is decided by the Office, not by a count."
    )
    lines.append(
        "- If you are not sure how to put it, simply say that the work contains AI-generated material: the Office will ask."
    )
    found = passages(counted.manuscript)
    if found:
        lines += ["", "## AI-generated passages", ""]
        lines += [f"- {one.place}: {_words(one.words)}, “{one.first} … {one.last}”" for one in found[:PASSAGES]]
        if len(found) > PASSAGES:
            rest = found[PASSAGES:]
            lines.append(f"- and {len(rest)} more, of {_words(sum(one.words for one in rest))}")
    return lines + _ideas(ideas, "AI was also asked for ideas. Ideas are not subject to copyright.") + _unknown(counted)


def _arranged(counted: _Counted) -> str:
    """The Office's own words for a text that mixes the two."""
    mixed = "text created by the author and text generated by artificial intelligence"
    return f"; selection, coordination, and arrangement of {mixed}" if counted.generated else ""


def _excluded(counted: _Counted) -> list[str]:
    out = []
    many = len(passages(counted.manuscript))
    if counted.generated:
        out.append(
            f"text generated by artificial intelligence ({_words(counted.generated)} of {counted.total:,}, "
            f"{counted.share(counted.generated)}, in {many:,} passage{'' if many == 1 else 's'})"
        )
    if counted.reworded:
        out.append(f"rewording by artificial intelligence ({_words(counted.reworded)}, {counted.share(counted.reworded)})")
    return out


def _nearest(counted: _Counted) -> str:
    whole = "Entire work" if counted.generated >= 0.95 * counted.total else "Some sections"
    edited = counted.makers["model-edited"] * 2 >= counted.generated
    return f"{whole}, with {'extensive' if edited else 'minimal or no'} editing"


def _unknown(counted: _Counted) -> list[str]:
    if not counted.makers["pasted"]:
        return []
    count = counted.makers["pasted"]
    return [
        "",
        f"{_words(count).capitalize()} ({counted.share(count)}) were pasted from elsewhere. This record does not know who wrote "
        "them; if it was an AI tool or another person, say so as well.",
    ]


def _ideas(asked: bool, said: str) -> list[str]:
    return ["", said] if asked else []


def _rows(counted: _Counted, maker: Maker) -> str:
    return f"{counted.makers[maker]:,} words ({counted.percent[maker]} %)"


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count:,} words"


def _plain(text: str) -> str:
    return re.sub(r"^#+ (.+)$", lambda found: found.group(1).upper(), text, flags=re.M).replace("**", "")


TITLES: dict[Kind, str] = {
    "plain": "How this text was made",
    "kdp": "AI-generated content: for Amazon KDP",
    "copyright": "Limitation of claim: for the US Copyright Office",
}
WRITERS = {"plain": _write_plain, "kdp": _write_kdp, "copyright": _write_copyright}
