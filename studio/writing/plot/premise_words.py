"""The word lists and patterns by which a premise is read."""

import re

from studio.writing.common import COMMON

LEAD = re.compile(
    r"^(?:please[,\s]+)?"
    r"(?:(?:can you |could you )?(?:write|make|give|tell|create|invent|i(?:'d| would)? (?:want|like))\b[^.?!:]{0,40}?)?"
    r"\b(?:an?|the|some|my|one)?\s*(?:\w+\s)?(?:story|plot|tale|novel|book|idea|something)s?\s+"
    r"(?:about|where|in which|of how)\s+",
    re.IGNORECASE,
)
BREAK = re.compile(r"(?<=[.!?…。！？])[\"'”’)]*\s+|\n+")
LONGEST = 60  # letters of a word; what is longer is none
NAMED = re.compile(r"\b(?:named|called)\s+([“\"']?)([^\W\d_][\w'’-]*(?:\s+[^\W\d_a-zà-ÿ][\w'’-]*)*)")
DETERMINERS = frozenset("a an the his her their its my our your this that one".split())  # noqa: SIM905
INTO_PLACE = frozenset("in at from near on aboard outside inside under beneath through across of around within".split())  # noqa: SIM905
TITLES = frozenset("captain mr mrs ms miss dr doctor lady lord sir king queen prince princess aunt uncle professor father mother sister brother detective inspector sergeant colonel general judge grandma grandpa".split())  # noqa: SIM905, E501  # fmt: skip
NO_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december christmas easter halloween i i'm i'd i've i'll god earth mars moon english french
    german irish
    scottish welsh spanish italian greek turkish polish dutch swedish danish victorian georgian edwardian regency
    british""".split()  # noqa: SIM905
)
NATION = re.compile(r"(?:ian|ean|ese|ish)$")
FEMALE = frozenset("she her hers herself woman girl mother sister daughter widow queen princess wife aunt grandmother witch bride lady nun actress".split())  # noqa: SIM905, E501  # fmt: skip
MALE = frozenset("he him his himself man boy father brother son widower king prince husband uncle grandfather wizard groom monk".split())  # noqa: SIM905, E501  # fmt: skip
MUST = re.compile(
    r"(?<!\w)(?:must|(?:has|wants?|needs?|tries|hopes|plans|decides|sets out|struggles|fights|is determined|have)"
    r"(?= to\b)(?: to)?)\s+(?!be\b|have\b|not\b)([a-z][^.;:!?\n]{3,110})"
)
GROUP = re.compile(r"(two|three|four|five)\s([a-z]+s)\b", re.IGNORECASE)
PAIR = re.compile(r"([Aa]n?\s(?:[a-z][\w'-]*\s){0,2}[a-z][\w'-]*)(?=\sand\s(?:his|her|their|an?)\s)")
PURPOSE = re.compile(
    r"\bto ((?:solve|find|save|stop|bring|rescue|prove|win|clear|finish|build|destroy|protect|escape|discover|uncover|avenge|"
    r"cure|steal|deliver|reach|bury|convince|recover|warn|return|free|learn|mend|repair|claim|confront|catch|hide)"
    r"\b[^.;:!?\n]{2,110})"
)
AGAINST = frozenset("against rival enemy nemesis hunts hunted villain killer murderer betrays betrayed steals stole feud opponent from".split())  # noqa: SIM905, E501  # fmt: skip
LOVED = frozenset("loves love marry marries wife husband lover kiss meets ex".split())  # noqa: SIM905
NOWHERE = frozenset(
    """fog rain snow morning evening night day week year winter summer spring autumn dark light end middle way time war air past
    future wind storm mirror world hurry mood body mind coma dream story game name face hand head heart""".split()  # noqa: SIM905
)
PERSONS = frozenset("man woman boy girl child baby body people person brother sister mother father friend stranger son daughter".split())  # noqa: SIM905, E501  # fmt: skip
WATERS = frozenset("river lake mount cape port isle bay loch castle street fort saint".split())  # noqa: SIM905
TRAVEL = frozenset(
    """walk walks run runs ride rides march marches drive drives escape escapes flee flees sent
    train road journey goes go travels travel sails sail returns return comes moves move flies ship bus trip
    way""".split()  # noqa: SIM905
)
GETS = frozenset("finds find discovers inherits steals receives buys keeps carries loses builds makes gets uncovers opens guards sells brings unearths repairs".split())  # noqa: SIM905, E501  # fmt: skip
STOPS = COMMON - {"old", "little", "long", "last", "first", "good", "new", "great", "only", "call"}
SORT_PREPOSITION = {
    "ship": "aboard", "wild": "in", "sea": "at", "mountain": "on", "station": "at", "school": "at", "workplace": "at",
    "road": "on", "prison": "at",
}  # fmt: skip
