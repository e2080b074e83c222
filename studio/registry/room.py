"""Room in memory: which idle models have to go, decided by measured bytes. Called under the registry's lock."""

from collections.abc import Iterable

from studio.core.card import Card
from studio.core.errors import LoadFailed
from studio.registry.resident import Resident


def victims_for(card: Card, need: int, others: Iterable[Resident], budget: int) -> list[Resident]:
    """The idle ones to unload, used least lately first, so that `need` bytes fit. Raises LoadFailed in numbers."""
    others = list(others)
    used = sum(r.bytes() for r in others)
    idle = by_idleness(others)
    victims: list[Resident] = []
    while used + need > budget and idle:
        victims.append(idle.pop(0))
        used -= victims[-1].bytes()
    if used + need > budget:
        raise LoadFailed(no_room(card, need, others, budget))
    return victims


def by_idleness(residents: Iterable[Resident]) -> list[Resident]:
    """Loaded and not leased; the one idle for longest first."""
    return sorted((r for r in residents if r.alive and not r.leases), key=lambda r: r.used_at)


def no_room(card: Card, need: int, others: Iterable[Resident], budget: int) -> str:
    held = [f"{r.card.title} ({gb(r.bytes())})" for r in others if r.bytes() and (r.leases or r.loading)]
    start = f"{card.title} needs {gb(need)} of memory; the budget is {gb(budget)}"
    if held and need <= budget:
        return f"{start}, and in use are {', '.join(held)}. Wait until they are done, or raise the memory budget."
    return f"{start}. Choose a smaller model, or raise the memory budget."


def gb(size: int) -> str:
    return f"{size / 1e9:.2f} GB"
