"""A manuscript as a file to take away, with a page that says who wrote it where the person wants one. Pure."""

from typing import Literal, NamedTuple, cast, get_args

from studio.core.errors import Refused
from studio.writing.files.layout import Layout
from studio.writing.files.writing import MEDIA_TYPES, Form, file_name, write_manuscript
from studio.writing.manuscript.manuscript import Manuscript

Disclosure = Literal["none", "plain", "kdp", "copyright"]


class File(NamedTuple):
    name: str
    media_type: str
    body: bytes


def exported(manuscript: Manuscript, form: str, statement: str = "", made: str = "", scene_titles: bool = False) -> File:
    """`statement`: the words of the page, none for no page; `made`: when, as the file tells it."""
    if form not in get_args(Form):
        raise Refused(f"There is no form {form[:20]}. Choose one of {', '.join(get_args(Form))}.")
    chosen = cast(Form, form)
    if not any(scene.text.strip() for scene in manuscript.scenes):
        raise Refused("There is nothing to export yet. Write something first.")
    fields = {"disclosure": page_of(statement), "scene_titles": scene_titles, **({"made": made} if made else {})}
    body = write_manuscript(manuscript, chosen, Layout.model_validate(fields))
    return File(file_name(manuscript, chosen), MEDIA_TYPES[chosen], body)


def page_of(statement: str) -> str:
    """The statement without its own heading, which the page has already; passages that are too many for it are left out."""
    lines = statement.strip().split("\n")
    body = "\n".join(lines[1:] if len(lines) > 1 else lines).strip()
    most = 20_000
    if len(body) <= most:
        return body
    rest = "\n\nThe list is longer; the statement in Tandem has all of it."
    return body[: most - len(rest)].rsplit("\n", 1)[0] + rest
