"""Articles and plurals of the names of things."""

UNCOUNTED = {"bread", "garlic", "corn", "bamboo", "wheat", "salt", "yarn", "thread", "bacon", "butter", "meat",
    "popcorn", "spaghetti", "sushi",
             "cheese", "chocolate", "lettuce", "cabbage", "broccoli", "soda", "ice", "tennis", "bowling",
             "gingerbread", "cauliflower", "canned food",
             "cooked rice", "curry rice", "coral", "confetti", "candy"}  # fmt: skip
ALREADY_MANY = {"grapes", "cherries", "blueberries", "beans", "peanuts", "pancakes", "french fries", "glasses",
    "gloves", "goggles", "jeans", "shorts",
                "socks", "scissors", "skis", "books", "houses", "headphones", "sunglasses", "fireworks", "sparkles",
                "ballet shoes", "high heels",
                "musical notes", "nesting dolls", "shopping bags", "crossed swords"}  # fmt: skip


def article(name: str) -> str:
    """A name with the article it takes."""
    if name in UNCOUNTED or name in ALREADY_MANY:
        return name
    return f"{'an' if name[0] in 'aeiou' and not name.startswith('uni') or name.startswith('hour') else 'a'} {name}"


def plural(name: str) -> str:
    if name in UNCOUNTED or name in ALREADY_MANY:
        return name
    for middle in (" of ", " with "):
        if middle in name:
            first, _, rest = name.partition(middle)
            return plural(first) + middle + rest
    irregular = {
        "mouse": "mice",
        "sheep": "sheep",
        "fish": "fish",
        "ox": "oxen",
        "deer": "deer",
        "knife": "knives",
        "leaf": "leaves",
        "wolf": "wolves",
        "tropical fish": "tropical fish",
        "pufferfish": "pufferfish",
        "bison": "bison",
    }
    last = name.split()[-1]
    if last in irregular:
        return name[: len(name) - len(last)] + irregular[last]
    if name.endswith(("s", "sh", "ch", "x")) or name in ("potato", "tomato", "mosquito", "volcano", "buffalo", "water buffalo"):
        return name + "es"
    return name[:-1] + "ies" if name.endswith("y") and name[-2] not in "aeiou" else name + "s"
