"""From the events of a run to updates of the page: everything counts, but the page is told at a calm pace."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from studio.core.event import Delta, Event, Notice, Offer, Preview, Progress

PER_SECOND = 12.0


@dataclass
class View:
    """What a page shows of a run: the newest of everything, the offers finished so far."""

    progress: Progress | None = None
    texts: dict[int, str] = field(default_factory=dict)
    previews: dict[int, Preview] = field(default_factory=dict)
    offers: dict[int, Offer] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def take(self, event: Event) -> None:
        match event:
            case Progress():
                self.progress = event
            case Delta():
                self.texts[event.index] = event.text
            case Preview():
                self.previews[event.index] = event
            case Offer():
                self.offers[event.index] = event
            case Notice():
                self.notices.append(event)


def views(events: Iterable[Event], per_second: float = PER_SECOND) -> Iterator[View]:
    """The same view, growing, at most `per_second` times a second; offers and notices are shown at once."""
    view = View()
    shown = 0.0
    for event in events:
        view.take(event)
        now = time.monotonic()
        if now - shown >= 1 / per_second or isinstance(event, Offer | Notice):
            shown = now
            yield view
    yield view
