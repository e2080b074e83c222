"""The command line: python -m studio sketch | write | plot | paint | backup | restore | check | user. Settings as the page's."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.core.errors import StudioError
from studio.images.command import add_to as add_images
from studio.music.command import add_to as add_music
from studio.serving.people import People
from studio.sessions.store import Store, open_store
from studio.settings import Settings, load_settings, prepare_data_dir
from studio.writing.command import add_to as add_writing

if TYPE_CHECKING:
    from studio.registry.registry import Registry

HELP = "Make things with the models of a Tandem studio, and look after it."
app = typer.Typer(help=HELP, no_args_is_help=True, pretty_exceptions_enable=False)
user = typer.Typer(help="People who may sign in (with --sign-in password).", no_args_is_help=True)
app.add_typer(user, name="user")


def _settings() -> Settings:
    settings = load_settings()
    prepare_data_dir(settings.data_dir)
    return settings


def _store(settings: Settings) -> Store:
    return open_store(settings.database, settings.blobs, settings.data_dir)


@contextmanager
def _registry() -> "Iterator[Registry]":
    from studio.main import registry_of

    registry = registry_of(_settings())
    try:
        yield registry
    finally:
        registry.close()


add_music(app, _registry)
add_writing(app, _registry)
add_images(app, _registry, lambda: _settings().data_dir / "timings.json")


@app.command()
def backup(file: Annotated[Path | None, typer.Argument(help="the zip to write")] = None) -> None:
    """Write everything into one zip, while the studio may run."""
    from studio.sessions.backup import backup as write

    settings = _settings()
    file = file or settings.data_dir / "backups" / f"tandem-{datetime.now():%Y%m%d-%H%M%S}.zip"
    store = _store(settings)
    counts = write(store, file)
    store.close()
    print(f"Backed up {counts['sessions']} sessions with {counts['drafts']} drafts to {file}")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="a zip made by `backup`")]) -> None:
    """Fill an empty store from a backup: after a loss, on a new machine, or from SQLite to PostgreSQL."""
    from studio.sessions.backup import restore as read
    from studio.sessions.check import check_store

    store = _store(_settings())
    counts = read(store, file)
    troubles = check_store(store)
    store.close()
    print(f"Restored {counts['sessions']} sessions with {counts['drafts']} drafts.")
    _tell(troubles)


@app.command()
def check(sweep: Annotated[bool, typer.Option(help="also delete files that nothing names any more")] = False) -> None:
    """Check the database, every draft and every file."""
    from studio.sessions.check import check_store
    from studio.sessions.check import sweep as clean

    store = _store(_settings())
    troubles = check_store(store)
    if sweep and not troubles:
        print(f"Deleted {clean(store)} files that nothing named.")
    store.close()
    _tell(troubles)
    print("Everything is there, and everything is what it was.")


def _tell(troubles: list[str]) -> None:
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    if troubles:
        raise typer.Exit(1)


def _people() -> People:
    return People(_settings().data_dir / "people.json")


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("Password: ")


@user.command("add")
def add(name: str) -> None:
    """Let somebody in; the password is asked for, or read from standard input."""
    people = _people()
    if name in people.names():
        raise StudioError(f"There is somebody called {name} already. `user password {name}` changes the password.")
    people.set_password(name, _ask_password())
    print(f"{name} may sign in.")


@user.command("password")
def password(name: str) -> None:
    """Change a password; ends every open sign-in of that person."""
    people = _people()
    if name not in people.names():
        raise StudioError(f"There is nobody called {name}.")
    people.set_password(name, _ask_password())
    print(f"{name} has a new password.")


@user.command("remove")
def remove(name: str) -> None:
    """Let somebody in no more. What they made stays in the store."""
    _people().remove(name)
    print(f"{name} may no longer sign in.")


@user.command("list")
def names() -> None:
    """Who may sign in."""
    print("\n".join(_people().names()) or "Nobody yet: python -m studio user add NAME")


def main() -> int:
    try:
        app()
    except StudioError as error:
        print(error, file=sys.stderr)
        return 2
    return 0
