"""The skeletons of stories: what each beat is for, where it stands, how tense it is, and what may fill it.

A beat is filled by one main entry of the deck (`draws`, the first kind that fits is taken) and by linking sentences around
it (`before`, `after`: purposes of `link` entries), which tie it to the hero's want, flaw and need, and to the planted twist.
"""

from typing import NamedTuple

from studio.writing.plot.plot import Structure


class Step(NamedTuple):
    name: str
    purpose: str
    place: float  # 0 is the beginning of the story, 1 its end
    tension: float
    draws: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def _step(
    name: str, place: float, tension: float, draws: str, purpose: str, before: tuple[str, ...] = (), after: tuple[str, ...] = ()
) -> Step:
    return Step(name, purpose, place, tension, tuple(draws.split()), before, after)


STRUCTURES: dict[Structure, tuple[Step, ...]] = {
    "three acts": (
        _step("Opening", 0.0, 0.1, "", "The hero in the old life, with the flaw that will matter", ("world",), ("thing",)),
        _step("Inciting event", 0.1, 0.3, "situation", "Something happens that cannot be put back"),
        _step("First turn", 0.22, 0.4, "complication", "The hero takes it on", (), ("resolve",)),
        _step("Rising trouble", 0.38, 0.5, "complication", "It grows harder, and the twist is planted", ("plant",)),
        _step("Midpoint", 0.5, 0.6, "reversal", "What seemed clear turns round"),
        _step("Falling apart", 0.64, 0.75, "complication", "The opposition closes in"),
        _step("Darkest hour", 0.76, 0.8, "", "The flaw has done its harm", ("low",), ("insight",)),
        _step("Climax", 0.88, 1.0, "twist", "The truth comes out and somebody has to choose", (), ("choice",)),
        _step("Resolution", 1.0, 0.3, "ending", "What is different now, and what it cost", (), ("cost",)),
    ),
    "hero's journey": (
        _step("Ordinary world", 0.0, 0.1, "", "The hero where everything is known", ("world",), ("thing",)),
        _step("Call", 0.09, 0.3, "situation", "Something asks the hero to leave"),
        _step("Refusal", 0.17, 0.3, "", "The hero would rather not", ("refusal",)),
        _step("Meeting the helper", 0.25, 0.3, "", "Somebody gives what is needed to begin", ("helper",), ("plant",)),
        _step("Crossing the threshold", 0.33, 0.45, "complication", "The old life ends", (), ("resolve",)),
        _step("Tests, friends, foes", 0.45, 0.55, "complication", "The rules of the new world"),
        _step("The inmost cave", 0.55, 0.7, "reversal", "Close to what was sought, everything turns"),
        _step("Ordeal", 0.66, 0.85, "", "The hero faces the flaw", ("low",), ("insight",)),
        _step("Reward", 0.75, 0.6, "complication", "Something is won, and it has a price"),
        _step("The road back", 0.85, 0.9, "twist", "What was hidden comes out"),
        _step("Last test", 0.93, 1.0, "", "The choice that shows what was learnt", ("choice",)),
        _step("Return", 1.0, 0.3, "ending", "Home, changed", (), ("cost",)),
    ),
    "beat sheet": (
        _step("Opening image", 0.0, 0.1, "", "One picture of the life before", ("world",), ("thing",)),
        _step("Set-up", 0.07, 0.2, "", "What the hero wants and does not see", ("longing",), ("plant",)),
        _step("Catalyst", 0.13, 0.35, "situation", "Something happens that cannot be put back"),
        _step("Debate", 0.2, 0.35, "", "Should one go?", ("refusal",)),
        _step("Break into two", 0.27, 0.45, "", "The hero decides", ("resolve",)),
        _step("B story", 0.33, 0.4, "", "The one who will teach the need", ("helper",)),
        _step("Fun and games", 0.42, 0.5, "complication", "What the idea promised"),
        _step("Midpoint", 0.5, 0.6, "reversal", "A false victory or a false defeat"),
        _step("Bad guys close in", 0.62, 0.75, "complication", "Pressure from outside and inside"),
        _step("All is lost", 0.72, 0.85, "complication", "What was won is gone"),
        _step("Dark night", 0.8, 0.8, "", "The hero sees the flaw", ("low",), ("insight",)),
        _step("Break into three", 0.86, 0.85, "twist", "The truth that opens the way"),
        _step("Finale", 0.94, 1.0, "", "The choice", ("choice",)),
        _step("Final image", 1.0, 0.3, "ending", "The same picture, changed", (), ("cost",)),
    ),
    "kishotenketsu": (
        _step("Ki: introduction", 0.0, 0.1, "", "Who and where", ("world",), ("thing",)),
        _step("Sho: development", 0.3, 0.3, "situation", "Life goes on, and something is added", (), ("plant",)),
        _step("Sho: deeper", 0.5, 0.4, "complication", "More of it, seen closer"),
        _step("Ten: turn", 0.7, 0.8, "twist", "Something from outside shows it all in another light", (), ("insight",)),
        _step("Ketsu: together", 1.0, 0.3, "ending", "Both sides seen as one", (), ("cost",)),
    ),
    "clue chain": (
        _step("The scene", 0.0, 0.1, "", "Who will look, and where", ("world",), ("thing",)),
        _step("The question", 0.1, 0.4, "situation", "What has to be found out"),
        _step("First clue", 0.22, 0.4, "complication", "It points somewhere, and something small is passed over", (), ("plant",)),
        _step("Those who might have", 0.34, 0.5, "", "Everyone has something to hide", ("suspects",)),
        _step("False trail", 0.46, 0.55, "complication", "The hero follows the wrong one"),
        _step("Second clue", 0.56, 0.6, "reversal", "It upsets what seemed certain"),
        _step("Pressure", 0.68, 0.75, "complication", "Somebody wants the asking to stop"),
        _step("Wrong", 0.77, 0.8, "", "The hero's own blind spot", ("low",), ("insight",)),
        _step("The truth", 0.9, 1.0, "twist", "The small thing passed over explains it all", (), ("choice",)),
        _step("After", 1.0, 0.3, "ending", "What the truth does to them", (), ("cost",)),
    ),
    "five acts": (
        _step("I. Exposition", 0.0, 0.1, "", "People, place, unrest", ("world",), ("thing",)),
        _step("I. The spark", 0.12, 0.35, "situation", "What sets it going"),
        _step("II. Rising", 0.28, 0.5, "complication", "Plans against plans", ("plant",), ("resolve",)),
        _step("III. Height", 0.45, 0.7, "reversal", "The point from which there is no way back"),
        _step("IV. Falling", 0.62, 0.75, "complication", "What was done comes home"),
        _step("IV. Delay", 0.74, 0.6, "", "One last quiet, one last hope", ("low",), ("insight",)),
        _step("V. Catastrophe or rescue", 0.88, 1.0, "twist", "All comes out", (), ("choice",)),
        _step("V. The end", 1.0, 0.3, "ending", "What remains", (), ("cost",)),
    ),
    "seven points": (
        _step("Hook", 0.0, 0.1, "", "The opposite of the end", ("world",), ("thing",)),
        _step("First turn", 0.17, 0.4, "situation", "The call to change", (), ("resolve",)),
        _step("First pinch", 0.33, 0.55, "complication", "Pressure, and the twist is planted", ("plant",)),
        _step("Midpoint", 0.5, 0.6, "reversal", "From being pushed to pushing"),
        _step("Second pinch", 0.66, 0.8, "complication", "Worse, and alone", (), ("low",)),
        _step("Second turn", 0.83, 1.0, "twist", "The last thing needed", ("insight",), ("choice",)),
        _step("Resolution", 1.0, 0.3, "ending", "The end the hook asked for", (), ("cost",)),
    ),
    "romance beats": (
        _step("Before", 0.0, 0.1, "", "A life with a gap in it", ("world",), ("thing",)),
        _step("Meeting", 0.1, 0.3, "situation", "Thrown together"),
        _step("No way", 0.2, 0.4, "", "Why it cannot be", ("meet", "refusal")),
        _step("Drawn in", 0.33, 0.45, "complication", "Reasons to spend time together", (), ("warm",)),
        _step("Deeper", 0.45, 0.5, "reversal", "Somebody lets something show", ("plant",)),
        _step("Doubt", 0.6, 0.65, "complication", "The old fear comes back"),
        _step("Break", 0.72, 0.85, "twist", "What was hidden parts them"),
        _step("Dark moment", 0.8, 0.8, "", "Alone with the flaw", ("low",), ("insight",)),
        _step("Grand gesture", 0.9, 1.0, "", "The choice, with its price", ("choice",)),
        _step("Together", 1.0, 0.3, "ending", "How they live now", (), ("cost",)),
    ),
}  # fmt: skip
