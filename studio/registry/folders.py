"""Folders: where the files of each card are, what they must be, and what may be done with them before any load."""

from pathlib import Path

from studio.core.card import Card, WeightFile
from studio.registry.runtimes import FindRuntime
from studio.registry.status import CardState
from studio.registry.weights import WeightCheck, read_lock


class Folders:
    def __init__(self, models_dir: Path, assets_dir: Path, offline: bool, find_runtime: FindRuntime) -> None:
        self._models = models_dir
        self.cache = models_dir / ".cache"  # what engines make of their weights
        self._assets = assets_dir
        self._offline = offline
        self._find = find_runtime
        self._check = WeightCheck(models_dir / "checked.json")

    def of(self, card: Card) -> Path:
        if card.source.kind == "embedded":
            return self._assets / card.source.where
        if card.source.kind == "folder":
            return Path(card.source.where)
        return self._models / card.id

    def pins(self, card: Card) -> tuple[WeightFile, ...]:
        """The files the model must be made of: from the card, or written down by its download."""
        if card.source.kind != "hub":
            return card.files
        lock = read_lock(self.of(card))
        return () if lock is None else card.files or lock.files

    def revision(self, card: Card) -> str:
        """What exactly is here: a download knows its commit, also when the card says `main`."""
        lock = read_lock(self.of(card)) if card.source.kind == "hub" else None
        return lock.revision if lock is not None else card.revision

    def verify(self, card: Card) -> str:
        """The digest of the weights, after they have been checked; empty for a server's."""
        return "" if card.source.kind == "server" else self._check.verify(self.of(card), self.pins(card))

    def state(self, card: Card) -> tuple[CardState, str]:
        """The state of a card nothing has been done with, and a sentence where it wants one."""
        if problem := self._find(card.runtime).problem:
            return "unusable", problem
        kind, folder = card.source.kind, self.of(card)
        if kind == "server":
            if self._offline and not card.source.here:
                return "unusable", "It runs on another machine, and the studio is offline."
            return "installed", ""
        if kind == "hub":
            if self.pins(card) and folder.is_dir():
                return "installed", ""
            return "available", "It is not downloaded, and the studio is offline." if self._offline else ""
        if not folder.is_dir():
            return "unusable", f"Its folder {folder} is not there."
        if kind == "embedded":
            return "embedded", ""
        return "installed", "" if card.files else "Its weights are not pinned."
