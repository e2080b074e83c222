"""English words that continuity knows: colours and what may be said of one and the same thing, numbers, kin, ranks, verbs."""

import re

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĻŁŃŅŇŌŐŒŘŚŞŠŤŢŪŮŰŲŹŻŽ"


def either(words: str) -> str:
    """An alternation, longest first, of words in a row."""
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


# A colour's families: two colours agree when any of their families are the same.
EYES = {
    "blue": "blue", "azure": "blue", "sapphire": "blue", "cobalt": "blue", "green": "green", "emerald": "green", "jade": "green",
    "grey": "grey", "gray": "grey", "slate": "grey blue", "brown": "brown", "hazel": "brown green", "amber": "brown",
    "chestnut": "brown", "black": "brown", "turquoise": "blue green", "violet": "violet blue",
}  # fmt: skip
HAIR = {
    "black": "black", "raven": "black", "jet-black": "black", "dark": "black brown", "brown": "brown", "brunette": "brown black",
    "chestnut": "brown red", "mousy": "brown fair", "auburn": "red brown", "red": "red", "ginger": "red", "copper": "red brown",
    "coppery": "red brown", "sandy": "fair brown red", "blond": "fair", "blonde": "fair", "fair": "fair", "golden": "fair red",
    "flaxen": "fair", "yellow": "fair", "tawny": "fair brown red", "grey": "grey", "gray": "grey", "white": "grey",
    "silver": "grey", "silvery": "grey", "snow-white": "grey", "white-blond": "fair grey", "red-gold": "red fair",
    "carroty": "red",
}  # fmt: skip

_SMALL_ONES = (
    "zero one two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_SMALL = {word: n for n, word in enumerate(_SMALL_ONES.split())}
_TENS = {word: 10 * n for n, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)}
_ORDINAL = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
_TEN, _UNIT = either(" ".join(_TENS)), either("one two three four five six seven eight nine")
NUMBER = rf"(?:\d{{1,3}}|(?:{_TEN})(?:[- ](?:{_UNIT}))?|{either(_SMALL_ONES)})"
ORDINAL = (
    rf"(?:\d{{1,3}}(?:st|nd|rd|th)|(?:{_TEN})[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    rf"{either(' '.join(_ORDINAL))}|(?:{either(_SMALL_ONES)})th|twentieth|thirtieth|fortieth|fiftieth|"
    rf"sixtieth|seventieth)"
)


def number(text: str) -> int | None:
    """ "34", "thirty-four", "thirty-fourth", "34th" as a number."""
    bare = text.casefold().strip()
    digits = re.match(r"\d+", bare)
    if digits:
        return int(digits.group())
    if bare in _ORDINAL:
        return _ORDINAL[bare]
    if bare.endswith("ieth") and bare[:-4] + "y" in _TENS:
        return _TENS[bare[:-4] + "y"]
    head, _, tail = bare.replace(" ", "-").partition("-")
    if head in _TENS:
        more = number(tail) if tail else 0
        return None if more is None or more > 9 else _TENS[head] + more
    return _SMALL.get(bare, _SMALL.get(bare.removesuffix("th")))


# Kin: which row of the family, and man or woman where the word says so.
KIN: dict[str, tuple[str, str]] = {
    "mother": ("parent", "f"), "father": ("parent", "m"), "parent": ("parent", ""),
    "mum": ("parent", "f"), "dad": ("parent", "m"),
    "daughter": ("child", "f"), "son": ("child", "m"), "child": ("child", ""),
    "sister": ("sibling", "f"), "brother": ("sibling", "m"), "twin": ("sibling", ""),
    "wife": ("spouse", "f"), "husband": ("spouse", "m"), "widow": ("spouse", "f"), "widower": ("spouse", "m"),
    "grandmother": ("grandparent", "f"), "grandfather": ("grandparent", "m"),
    "granddaughter": ("grandchild", "f"), "grandson": ("grandchild", "m"),
    "aunt": ("aunt", "f"), "uncle": ("aunt", "m"), "niece": ("niece", "f"), "nephew": ("niece", "m"), "cousin": ("cousin", ""),
}  # fmt: skip
INVERSE = {
    "parent": "child",
    "child": "parent",
    "grandparent": "grandchild",
    "grandchild": "grandparent",
    "aunt": "niece",
    "niece": "aunt",
}
KINDRED = rf"(?:{either(' '.join(KIN))})(?!-in-law|-in-|[\w-])"

RANKS = {
    "private": "army", "corporal": "army", "sergeant": "army", "lieutenant": "army", "captain": "army", "major": "army",
    "colonel": "army", "general": "army", "admiral": "army", "commander": "army", "commodore": "army", "ensign": "army",
    "constable": "police", "inspector": "police", "superintendent": "police",
    "baron": "peer", "viscount": "peer", "earl": "peer", "marquess": "peer", "duke": "peer", "prince": "peer", "king": "peer",
    "baroness": "peer", "countess": "peer", "duchess": "peer", "princess": "peer", "queen": "peer",
}  # fmt: skip
_HONORIFICS = "mr mrs ms miss mister sir lady lord madam madame monsieur master mademoiselle don dona signor signora herr frau"
_CALLED = (
    "dr doctor professor father mother brother sister aunt uncle reverend count st saint detective lieutenant old young little "
    "poor dear"
)
HONORIFICS, CALLED = frozenset(_HONORIFICS.split()), frozenset(_CALLED.split())
TITLED = HONORIFICS | CALLED | frozenset(RANKS)

PERSON = (
    "man|woman|girl|boy|lady|gentleman|stranger|fellow|child|baby|infant|mother|father|daughter|son|sister|brother|wife|husband|"
    "aunt|uncle|niece|nephew|cousin|friend|maid|servant|nurse|doctor|captain|officer|soldier|guard|widow|lover|grandmother|"
    "grandfather|mistress|master|king|queen|prince|princess|lad|creature|figure|other|one|visitor|guest|clerk|waiter|driver|"
    "companion|"
    "somebody|someone|everyone|everybody|nobody|people|dog|cat|horse|mare|person|priest|host|hostess|landlord|landlady|teacher|"
    "boss|sailor|policeman|sergeant|colonel|inspector|detective|neighbour|neighbor|twin|bride|groom|thief|killer|victim|patient"
)
# Things that one has or has not: what is listed can be lost and cannot come back by itself.
THINGS = either(
    "horse mare stallion pony mule donkey car motorcar truck van bicycle motorbike motorcycle boat sloop yacht "
    "cottage watch ring necklace locket bracelet brooch pendant medallion earrings sword sabre dagger knife rifle "
    "pistol revolver gun shotgun axe bow violin fiddle guitar piano flute cello cane crutch spectacles glasses "
    "telescope compass camera typewriter lantern diary notebook amulet talisman crown passport phone laptop map farm "
    "shop umbrella medal pipe"
)
USED = either(
    "drew rode saddled mounted wore checked consulted wound fired raised held carried opened unsheathed drove started "
    "played tuned fed pocketed polished sharpened cleaned loaded aimed lowered clutched lifted gripped twisted "
    "fingered touched steered rowed sailed brushed groomed tethered stabled parked unlocked locked closed unfolded "
    "lit wielded swung twirled brandished waved tapped reached.for looked.at glanced.at took.out took.off put.on "
    "put.away pulled.out took.up picked.up slipped.on"
).replace("\\.", " (?:up |down |back |once more )?")
ACTS = either(
    "said asked replied answered cried shouted whispered muttered murmured laughed smiled grinned nodded frowned "
    "sighed shrugged walked ran stepped sat stood rose knelt leaned turned looked glanced stared gazed opened closed "
    "took put picked pulled pushed poured drank ate kissed hugged waved pointed handed gave threw caught drove rode "
    "climbed entered arrived came went returned called knocked wrote wiped lifted dropped grabbed reached added "
    "remarked observed exclaimed began says asks nods walks smiles sits stands turns looks takes opens laughs"
)
