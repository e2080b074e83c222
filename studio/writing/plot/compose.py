"""Plans one plot: which entries of the deck fill which slots, causes before effects, around a premise.

The order matters: what happens first (the premise, or a situation), then where, who and why, then the twist, so that it can be
planted, then the beats from the first to the last, each caused by what came before. Speaking the plan is `tell.py`.
"""

from collections.abc import Callable, Collection

from studio.writing.plot.cues import read_cues, told, words_of
from studio.writing.plot.deck import GENRES, Deck, Entry, read_deck
from studio.writing.plot.draw import GENERIC, OVERLAP, Draw, all_traits, stems
from studio.writing.plot.join import Joiner
from studio.writing.plot.structures import STRUCTURES
from studio.writing.plot.wish import ERAS_OF, FULL, LATER, PLAIN, SCENE, SHAPES, THREAD, TONES_OF, Plan, Wish, tone_of

DEALT = frozenset(("person", "flaw", "need"))
CAUSED = 2.2  # what it is worth that the beat just before is the cause


class Composer:
    """Draws one plan; use once."""

    def __init__(self, wish: Wish, deck: Deck | None = None) -> None:
        self.wish, self.deck = wish, deck or read_deck()
        premise = wish.premise
        chance = Draw(wish.seed, wish.salt, "").chance("genre")
        open_to = PLAIN if premise.words else GENRES
        genre = wish.genre or premise.genre or open_to[(wish.seed * 4 + chance.randrange(2)) % len(open_to)]
        steps = wish.steps or STRUCTURES[wish.structure]
        tone = tone_of(wish.tone) or chance.choice(TONES_OF[genre])
        self.plan = Plan(wish.structure, steps, genre, tone)
        self.draw = Draw(
            wish.seed, wish.salt, genre, tone, heat=0.35 + 0.6 * wish.boldness, allowed=wish.allowed, tired=wish.tired,
            liked=wish.liked, people=frozenset(wish.cast) if wish.closed else None,
        )  # fmt: skip
        self.plan.levers |= wish.levers

    def compose(self) -> Plan:
        premise, draw = self.wish.premise, self.draw
        draw.said |= stems(premise.text)
        draw.cast |= (set(premise.roles) - {"extra"}) | set(self.wish.cast)
        draw.used |= {entry.id for entry in self.wish.fixed.values() if entry is not None}
        self._hold(premise.facts, "premise", FULL)
        self._era(premise.eras)
        self._opening()
        self._world()
        self._hero()
        self._twist()
        self._beats()
        self._others()
        Joiner(self.plan, self.draw, self.deck, self.wish).join()
        self.plan.score = draw.score / max(draw.drawn, 1)
        return self.plan

    def _pick(
        self, slot: str, kind: str, sort: str = "", bonus: Callable[[Entry], float] = lambda e: 0.0, causes: bool = False
    ) -> Entry | None:
        if slot in self.wish.fixed:
            entry = self.wish.fixed[slot]
            if entry is not None:
                self.draw.used.add(entry.id)
                self.plan.picks[slot] = entry
            return entry
        known = self.deck.of(kind, None, sort)  # type: ignore[arg-type]
        found = self.draw.deal(self._alike(known, bonus), slot) if kind in DEALT else self.draw.pick(known, slot, bonus, causes)
        if found is not None:
            self.plan.picks[slot] = found
        return found

    def _hold(self, facts: Collection[str], slot: str, weight: float) -> None:
        for fact in facts:
            self.plan.facts.setdefault(fact, slot)
        self.draw.hold(facts, weight)

    def _alike(self, entries: Collection[Entry], bonus: Callable[[Entry], float]) -> list[Entry]:
        """Those that suit about as well as the best: whoever is at home in every story comes as often as anybody else."""
        genre, tone = self.plan.genre, self.plan.tone
        fit = [e for e in entries if not (e.genres and genre not in e.genres) and not (e.tones and tone and tone not in e.tones)]
        fit = [e for e in fit if e.id not in self.draw.used]
        best = max((bonus(e) for e in fit), default=0.0)
        return [e for e in fit if bonus(e) >= best - 0.5] or list(entries)

    def _take(self, slot: str, entry: Entry | None, weight: float = LATER) -> None:
        text = self.wish.texts.get(slot)
        if entry is not None:
            self.draw.take(entry, weight)
            self._hold(entry.gives, slot, weight)
        elif text:  # a text of the person's own
            self.draw.said |= stems(text)
            self._hold(told(read_cues().facts, text), slot, weight)

    def _era(self, eras: Collection[str]) -> None:
        known = [era for era in eras if era in OVERLAP]
        if known and not self.plan.era:
            self.plan.era = self.draw.era = known[0]

    def _opening(self) -> None:
        """The premise is what happens; a situation is drawn only when the premise tells of nothing that happens."""
        slot = "situation"
        premise = self.wish.premise
        if premise.tells and slot not in self.wish.fixed:
            if not self.draw.facts:
                self._hold(("discovery", "choice", "secret"), "premise", FULL)
            return
        alone = premise.names and not premise.facts
        entry = self._pick(
            slot, "situation",
            bonus=lambda e: (0.5 if "{hero}" in e.text else -1.0) + 0.8 * len(set(e.gives) & set(self.draw.facts))
            + 0.8 * ("{thing}" in e.text) * bool(premise.thing) + 1.0 * ("{place}" in e.text) * bool(premise.place)
            + (0.3 if alone else 0.0) - 2.5 * (bool(e.job) and bool(premise.who)) - self._young(e.job),
        )  # fmt: skip
        self._take(slot, entry, FULL)
        if entry is not None:
            self.draw.thing = 0.6 if "{thing}" in entry.text or self.wish.premise.thing else -1.0
            self._era(sorted(all_traits()[entry.id].eras))

    def _world(self) -> None:
        premise, genre = self.wish.premise, self.plan.genre
        cues = read_cues()
        entry = None
        if not self.plan.era and not premise.place:
            self._era((self.draw.chance("era").choice(ERAS_OF.get(genre, ("present", "present", "past"))),))
        if not premise.place:
            opening = self.plan.picks.get("situation")
            words = list(words_of(opening.text)) if opening else []
            sorts = {cues.places[w] for w in words if w in cues.places} | {s for w in words for s in cues.signs.get(w, ())}
            entry = self._pick(
                "setting", "setting",
                bonus=lambda e: (1.6 if e.sort in sorts else -0.8 if sorts else 0.0) + 0.5 * (genre in e.genres),
            )  # fmt: skip
            self._take("setting", entry, SCENE)
            if entry is not None and entry.era in OVERLAP:
                self.plan.era = self.draw.era = entry.era
        sort = entry.sort if entry else premise.sort
        self._era(ERAS_OF.get(genre, ("present",))[:1])
        self._pick("detail", "sense", bonus=lambda e: 1.5 if sort in e.sorts else 0.0 if not e.sorts else -2.5)
        if premise.place:
            self._sense("setting.sense", sort, "sight")
        if not premise.thing:
            self._pick("thing", "thing")

    def _sense(self, slot: str, place: str, sense: str = "") -> None:
        """Something to see, hear or smell at this sort of place."""
        if slot in self.wish.fixed:
            self._pick(slot, "sense")
            return
        known = [entry for entry in self.deck.of("sense", None, sense) if place in entry.sorts]
        found = self.draw.deal([*known, *(e for e in self.deck.of("sense", None, sense) if not e.sorts)], slot)
        if found is not None:
            self.plan.picks[slot] = found

    def _hero(self) -> None:
        child = self.plan.genre == "children"
        opening = self.plan.picks.get("situation")
        premise = self.wish.premise
        if not premise.who and not (opening and opening.job and not premise.tells):
            self._pick("person.0.who", "person", bonus=lambda e: self._suits(e, "hero", child))
        self._drives(0, "hero")
        self._pick("stakes", "stake", bonus=lambda e: 0.5 * ("{place}" in e.text or "{thing}" in e.text))

    def _young(self, job: str) -> float:
        """A child's job is for children's stories, and none for a romance."""
        child = "child" in job or "pupil" in job
        return 0.0 if not child or self.plan.genre == "children" else 8.0 if self.plan.genre == "romance" else 1.5

    def _suits(self, entry: Entry, role: str, child: bool = False) -> float:
        mark = 0.4 if role in entry.role else 0.0 if not entry.role else -3.0
        if child:
            mark += 2.5 if entry.ages == "child" else 0.0 if entry.ages == "any" else -2.0
        elif role == "hero" or self.plan.genre == "romance":
            mark -= 3.0 if entry.ages == "child" else 0.0
        return mark

    def _drives(self, number: int, role: str) -> None:
        """Flaw, need and want of a person: the need is the one the flaw stands against."""
        slot = f"person.{number}"
        flaw = self._pick(f"{slot}.flaw", "flaw")
        tags = set(flaw.about) if flaw else set()
        self._pick(f"{slot}.need", "need", bonus=lambda e: 0.0 if tags & set(e.about) else -20.0)
        if f"{slot}.want" in self.wish.fixed or (role == "hero" and self.wish.premise.want):
            self._pick(f"{slot}.want", "want")
            return
        sort = {"hero": "aim", "rival": "counter"}.get(role, "")
        pool: tuple[Entry, ...] = self.deck.of("link", None, sort) if sort else ()
        if role != "rival":
            aims = self.deck.of("link", None, "aim") if not sort else ()
            pool = (*pool, *aims, *(e for e in self.deck.of("want") if e.needs or {"thing", "place"} & e.placeholders))
        strong = {fact for fact, weight in self.draw.facts.items() if weight >= FULL}
        pool = tuple(entry for entry in pool if strong & set(entry.needs)) or pool
        found = self.draw.pick(
            pool, f"{slot}.want", lambda e: (0.6 if e.kind == "link" else 0.0) + 1.0 * bool(tags & set(e.about))
        )
        if found is not None:
            self.plan.picks[f"{slot}.want"] = found
            if role == "hero":  # the thread that the beats follow
                self.draw.hold([fact for fact in found.needs if fact in self.draw.facts], THREAD)

    def _twist(self) -> None:
        """Drawn before the beats, so that its plant can stand early and nothing on the way undoes it."""
        turn = self.draw.chance("turn").random
        entry = self._pick(
            "twist", "twist", bonus=lambda e: 0.3 * len(set(e.needs) & set(self.draw.facts)) + 2.0 * turn(), causes=True
        )  # fmt: skip
        if entry is not None:
            self.draw.said |= stems(entry.plant)
            self.draw.cast |= entry.people

    def _beats(self) -> None:
        twist = self.plan.picks.get("twist")
        last = self.plan.picks.get("situation")
        for i, step in enumerate(self.plan.steps):
            slot = f"beat.{i}"
            kind = next(iter(step.draws), "")
            if kind == "situation" or not kind:
                self._take(slot, None)
                continue
            if kind == "twist":
                self._take(slot, None)
                if twist is not None:
                    self._take("twist", twist)
                    last = twist
                continue
            entry = self._pick(slot, kind, bonus=self._follows(i, twist, last), causes=True)
            self._take(slot, entry)
            last = entry or last

    def _follows(self, index: int, twist: Entry | None, last: Entry | None) -> Callable[[Entry], float]:
        """How well an entry goes on from the one before it, and towards what is to come."""
        premise = self.wish.premise
        gives = set(last.gives if last else premise.facts)
        words = all_traits()[last.id].stems - GENERIC if last else stems(premise.text)
        people = (last.people if last else frozenset[str]()) - {"hero"}
        barred, ahead = set(twist.bars) if twist else set[str](), self._ahead(index)
        nears = next((iter(step.draws) for step in self.plan.steps[index + 1 :] if step.draws), iter(()))
        towards = set(twist.needs) if twist and next(nears, "") == "twist" else set[str]()
        shape = self.draw.chance("shape").choice(SHAPES)

        def mark(e: Entry) -> float:
            out = -3.0 * bool(barred & set(e.gives)) + 0.3 * len(ahead & set(e.gives)) + 0.3 * ("hero" in e.people)
            out += CAUSED * bool(gives & set(e.needs)) + 0.9 * bool(towards & set(e.gives))
            out += 0.6 * min(2, len(words & all_traits()[e.id].stems)) + 0.4 * len(people & e.people)
            out += 0.5 * ("{thing}" in e.text and bool(premise.thing))
            return out + (0.8 if e.kind == "ending" and e.shape == shape else 0.0)

        return mark

    def _ahead(self, index: int) -> set[str]:
        """What beats that stay will need from this one."""
        later = [self.wish.fixed.get(f"beat.{k}") for k in range(index + 1, len(self.plan.steps))]
        return {fact for entry in later if entry is not None for fact in entry.needs}

    def _others(self) -> None:
        """Everybody whom the drawn entries speak of, and those whom the premise names."""
        needed = {role for entry in self.plan.picks.values() for role in entry.people}
        for step in self.plan.steps:
            needed |= {"ally"} if "helper" in step.before else {"other"} if "meet" in step.before else set()
            needed |= {"rival"} if "suspects" in step.before else set()
        told_of = needed | set(self.wish.premise.roles) | ({self.wish.premise.mate} if self.wish.premise.beside else set())
        first = self.wish.cast or ("hero",)
        roles = (
            [role for role in ("rival", "ally", "other") if role in told_of and role not in first] if not self.wish.closed else []
        )
        extras = [f"extra{k}" for k, role in enumerate(r for r in self.wish.premise.roles if r == "extra")]
        self.plan.cast = (*first, *roles, *(one for one in extras if one not in first))
        self.draw.people = frozenset(self.plan.cast)
        for number, role in enumerate(self.plan.cast[1:], 1):
            self._pick(f"person.{number}.who", "person", bonus=lambda e, r=role: self._suits(e, r))  # type: ignore[misc]
            if role in ("rival", "ally", "other"):
                self._drives(number, role)
        if any("helper" in step.before or "suspects" in step.before for step in self.plan.steps):
            self._pick("secret", "secret")
