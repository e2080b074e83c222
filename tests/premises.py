"""Premises as people write them: sentences, fragments, single words, names, other scripts, and a few that are no help at all."""

LONG = (
    "Every spring the river Tarn carries away one house of the village, and every spring the village draws lots for who will be "
    "asked to rebuild it. Ilse Brandt has lost the draw three years running. She suspects her neighbour Gregor, who keeps the "
    "hat, and she suspects the hat. When the flood comes early, she finds his house tied to hers with a rope as thick as an arm. "
    "Inside there are forty hats, all of them empty, and a ledger of every family that left. Nobody in the valley has ever asked "
    "why the mill on the high bank is never in the draw. Ilse begins to ask, first politely. By the autumn fair the miller has "
    "stopped selling her flour, the priest has stopped greeting her, and Gregor has begun to leave soup on her step. "
)
PREMISES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A lighthouse keeper named Ada finds a brass key in the fog", ()),
    ("", ()),
    ("two sisters who run a bakery", ()),
    ("A retired detective returns to her home village to solve her brother's murder", ()),
    ("Write me a story about a shy dragon who collects umbrellas", ()),
    ("Mira's grandmother leaves her an old violin that plays by itself", ()),
    ("A robot learns to paint on Mars", ()),
    ("lighthouse, brass key, fog", ()),
    ("", ("Mara Voss", "Tom", "Inès", "Olu", "Kit", "Ángel")),
    ("Łukasz and Ömer build a boat in Venice. Their rival Tom Reyes steals it.", ()),
    ("In 1923 a clockmaker in Prague named Elias must finish the great clock before the king dies", ()),
    ("My dog can talk", ("Sam",)),
    ("I find a letter in my attic", ()),
    ("a town called Hope where nobody sleeps", ()),
    (LONG, ()),
    ("Ольга находит письмо в пустом поезде", ()),
    ("時計塔の番人が鍵をなくす", ("ハナ",)),
    ("🐙🐙🐙", ()),
    ("Captain Nell Harrow hunts a white whale that owes her money!", ()),
    ("What if a librarian, Josephine, could hear the books arguing at night?", ()),
    ("“Don't open it,” said the postman. Nobody at Harrow House ever listens.", ("Wren",)),
    ("revenge", ()),
    ("A heist at a museum goes wrong because the guard is in love with the thief", ()),
    ("a boy and his goat cross the mountains in winter to bring medicine to his mother", ()),
    ("Ghost story in a call centre", ("Priya", "Dev")),
)
