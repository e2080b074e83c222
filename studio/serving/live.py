"""What goes on right now, as the page's scripts read it: running jobs, memory, model cards; and loading by button."""

import logging
import threading
from typing import Any
from urllib.parse import urlsplit

from studio.core.errors import NotFound, Refused, StudioError
from studio.registry.registry import Registry
from studio.registry.status import CardStatus
from studio.workbench import Running, Workbench

log = logging.getLogger(__name__)


class Live:
    def __init__(self, registry: Registry, workbench: Workbench) -> None:
        self.registry = registry
        self.workbench = workbench

    # the strip

    def jobs(self, owner: str) -> list[dict[str, Any]]:
        titles = {card.id: card.title for card in self.registry.cards()}
        return [_job(running, titles) for running in self.workbench.running(owner)]

    def stop(self, owner: str, job: str) -> bool:
        return self.workbench.stop(owner, job)

    def memory(self) -> dict[str, Any]:
        status = self.registry.status()
        loaded = [{"id": c.card.id, "title": c.card.title} for c in status.cards if c.state == "loaded"]
        return {"models": loaded, "memory": {"used": status.used, "budget": status.budget}}

    # the Models tab

    def models(self) -> dict[str, Any]:
        status = self.registry.status()
        return {
            "budget": status.budget,
            "used": status.used,
            "problems": list(status.problems),
            "models": [_card(card) for card in status.cards],
        }

    def act(self, id: str, act: str) -> dict[str, Any]:
        """Loading takes its time: it goes on by itself, and the card shows how it ends."""
        if self.registry.status().card(id) is None:
            raise NotFound(f"There is no model named `{id}`.")
        if act == "load":
            threading.Thread(target=self._load, args=(id,), name=f"button-{id}", daemon=True).start()
        elif act == "unload":
            self.registry.unload(id)
        elif act == "download":
            self.registry.download(id)
        elif act == "cancel":
            self.registry.cancel_download(id)
        elif act == "delete":
            self.registry.delete(id)
        else:
            raise Refused(f"A model cannot be asked to `{act}`.")
        return {}

    def _load(self, id: str) -> None:
        try:
            self.registry.load(id)
        except StudioError as error:
            log.warning("loading %s: %s", id, error)


def _job(running: Running, titles: dict[str, str]) -> dict[str, Any]:
    last = running.last
    return {
        "id": running.job.id,
        "model": running.job.model,
        "title": titles.get(running.job.model, running.job.model),
        "stage": last.stage,
        "position": last.position,
        "fraction": last.fraction,
        "seconds_left": running.seconds_left,
        "note": last.note,
    }


def _card(status: CardStatus) -> dict[str, Any]:
    card = status.card
    server = card.source.kind == "server"
    return {
        "id": card.id,
        "title": card.title,
        "medium": card.medium,
        "tasks": list(card.tasks),
        "runtime": card.runtime,
        "licence": card.licence,
        "size": card.size,
        "memory": card.memory,
        "measured": status.measured,
        "server": server,
        "devices": [urlsplit(card.source.where).netloc] if server else list(card.devices),
        "device": "" if server else status.device,
        "state": "downloading" if status.progress is not None else status.state,
        "reason": status.reason,
        "limits": card.limits,
        "training_data": card.training_data,
        "leases": status.leases,
        "queue": status.waiting,
        "fraction": status.progress or 0.0,
        "deletable": card.source.kind == "hub",
    }
