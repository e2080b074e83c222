"""The Models tab: every card of the registry. Its script asks the studio's own routes, so nothing is kept here."""

from studio.ui.components import part
from studio.ui.shell import Shell


def build(shell: Shell) -> None:
    part("model-shelf")
