"""Sixty pairs of words, put by hand into three kinds before any vector was looked at: 2 nearly the same, 1 often in one scene, 0 neither."""

PAIRS = (
    ("ship", "vessel", 2), ("doctor", "physician", 2), ("angry", "furious", 2), ("house", "cottage", 2), ("boy", "lad", 2),
    ("frightened", "terrified", 2), ("murmured", "whispered", 2), ("road", "path", 2), ("wealthy", "rich", 2), ("sad", "melancholy", 2),
    ("begin", "commence", 2), ("forest", "wood", 2), ("soldier", "officer", 2), ("coat", "cloak", 2), ("letter", "note", 2),
    ("supper", "dinner", 2), ("thief", "robber", 2), ("sofa", "couch", 2), ("gloomy", "dismal", 2), ("clever", "ingenious", 2),
    ("captain", "deck", 1), ("horse", "saddle", 1), ("grave", "coffin", 1), ("king", "throne", 1), ("bread", "hungry", 1),
    ("rain", "umbrella", 1), ("church", "bell", 1), ("night", "stars", 1), ("judge", "prison", 1), ("gun", "wound", 1),
    ("piano", "song", 1), ("baby", "cradle", 1), ("money", "purse", 1), ("garden", "roses", 1), ("train", "station", 1),
    ("kitchen", "cook", 1), ("snow", "cold", 1), ("detective", "crime", 1), ("school", "lesson", 1), ("ghost", "haunted", 1),
    ("ship", "butter", 0), ("doctor", "canoe", 0), ("angry", "marble", 0), ("cheese", "throne", 0), ("boy", "parliament", 0),
    ("frightened", "sugar", 0), ("murmured", "copper", 0), ("saddle", "opinion", 0), ("wealthy", "thunder", 0), ("piano", "desert", 0),
    ("umbrella", "virtue", 0), ("forest", "button", 0), ("purse", "planet", 0), ("coffin", "arithmetic", 0), ("lesson", "harbour", 0),
    ("supper", "theory", 0), ("roses", "cavalry", 0), ("detective", "meadow", 0), ("gloomy", "profit", 0), ("cradle", "revolver", 0),
)  # fmt: skip
