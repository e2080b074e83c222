"""The room of this medium on the page. Its engines are not built yet, and the room says so."""

from studio.ui.empty import empty_room
from studio.ui.shell import Shell


def build(shell: Shell) -> None:
    empty_room("text")
