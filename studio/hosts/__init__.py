"""Hosts: where engines live. A supervised child process per loaded model by default, threads in tests."""

from pathlib import Path
from typing import Literal

from studio.core.card import Card
from studio.core.engine import Place
from studio.hosts.host import GRACE_SECONDS, Facts, Host, HostMaker, Link
from studio.hosts.run import Run, RunState
from studio.hosts.stop import StopFlag

__all__ = ["Facts", "Host", "HostMaker", "Run", "RunState", "StopFlag", "host_maker"]


def host_maker(kind: Literal["process", "thread"] = "process", grace: float = GRACE_SECONDS) -> HostMaker:
    def make(card: Card, folder: Path, place: Place, module: str) -> Host:
        link: Link
        if kind == "thread":
            from studio.hosts.thread import ThreadLink

            link = ThreadLink(card.memory)
        else:
            from studio.hosts.process import ProcessLink

            link = ProcessLink(card, place)
        return Host(card, folder, place, module, link, grace)

    return make
