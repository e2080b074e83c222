"""What a premise says that happens: whether anything does, what somebody sets out to do, and when. Lists, no grammar."""

import re

from studio.writing.plot.cues import Cues, read_cues
from studio.writing.plot.finding import Token
from studio.writing.plot.premise_words import MUST, PURPOSE


def want(text: str) -> str:
    """What the text says somebody must, wants or sets out to do, up to the next "but"."""
    first = text.split("\n")[0][:400]
    found = re.match(r"[Tt]o ([a-z][^.;:!?\n]{2,110})", first) or MUST.search(first) or PURPOSE.search(first)
    if not found:
        return ""
    verbs = "|".join(sorted(read_cues().verbs))
    clause = re.split(rf"\s(?=(?:{verbs})\s(?:an?|the|his|her|into|to)\b)", found.group(1))[0]
    clause = re.split(r",? (?:but|until|because|when|while|only to)\b", clause)[0].strip(" ,")
    return (
        f"to {clause}"
        if len(clause.split()) > 1 and "," not in clause and not {"i", "my", "me"} & set(clause.lower().split())
        else ""
    )


def years(text: str) -> list[str]:
    """The era of the first year that is named."""
    found = re.search(r"\b([1-9]\d{3})s?\b", text)
    year = int(found.group(1)) if found else 0
    return [] if not year else ["past"] if year < 1960 else ["present"] if year < 2040 else ["future"]


def happens(tokens: list[Token], cues: Cues) -> bool:
    """A verb after a subject: not as the first word, nor where a comma list or "who" has just begun."""
    if len(tokens) < 4:
        return False
    if sum(token.first for token in tokens) > 1 and len(tokens) > 7:  # several sentences
        return True
    bare = {re.sub(r"(?:(?<=[sxzh])es|s)$", "", verb) for verb in cues.verbs if len(verb) > 4}
    for i, token in enumerate(tokens[1:], 1):
        last = tokens[i - 1].low
        many = (
            last in ("i", "we", "they", "you", "children", "people", "men", "women")
            or (last.endswith("s") and i < 5)
            or any(t.low == "and" for t in tokens[:i][-4:])
        )
        if many and token.low in bare and not any(t.low in ("who", "that", "which") for t in tokens[:i]) and token.before == " ":
            return True
        if last in ("he", "she", "they") and i > 3 and token.low in cues.verbs:  # "the witch he owes"
            continue
        named = tokens[i - 1].text[:1].isupper() and i > 3  # "A smith, Mei Lin, opens ..."
        if token.low in cues.verbs and token.low != "will" and ("," not in token.before or named):
            since = [t.low for t in tokens[:i] if t.low in ("who", "that", "which", "whose")]
            if not since:
                return True
            if any(t.low in cues.verbs for t in tokens[:i]):
                return True
    return False
