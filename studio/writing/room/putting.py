"""Everything of a manuscript but its words, set by name: title, goal, bans, bible, outline, what belongs to a scene. Pure."""

from collections.abc import Mapping

from pydantic import ValidationError

from studio.core.errors import Refused
from studio.writing.manuscript.manuscript import Manuscript

FIELDS = ("title", "author", "goal", "bans", "bible", "settled", "plot")
OF_SCENE = ("title", "summary", "beat", "goal", "cast")


def changed(manuscript: Manuscript, what: str, value: object) -> Manuscript:
    try:
        if what == "scene":
            return _scene_changed(manuscript, value)
        if what in FIELDS:
            return manuscript.changed(**{what: value})
    except ValidationError as error:
        raise Refused(sentence(error)) from None
    raise Refused("There is nothing of this name in a manuscript. Reload the page and try again.")


def _scene_changed(manuscript: Manuscript, value: object) -> Manuscript:
    fields = dict(value) if isinstance(value, Mapping) else {}
    id = fields.pop("id", None)
    if not fields or set(fields) - set(OF_SCENE):
        raise Refused("This change of a scene could not be read. Reload the page and try again.")
    chapters, found = [], False
    for chapter in manuscript.chapters:
        scenes = tuple(scene.changed(**fields) if scene.id == id else scene for scene in chapter.scenes)
        found = found or any(scene.id == id for scene in chapter.scenes)
        chapters.append(chapter.changed(scenes=scenes))
    if not found:
        raise Refused("This scene is no longer in the manuscript. Reload the page.")
    return manuscript.changed(chapters=tuple(chapters))


def sentence(error: ValidationError) -> str:
    """What is wrong with one field, for a person."""
    first = error.errors()[0]
    where = " ".join(str(one) for one in first["loc"] if isinstance(one, str)).replace("_", " ")
    said = str(first["msg"])[:160].removeprefix("Value error, ").removeprefix("Input ")
    return f"{where.capitalize() or 'This'}: {said.rstrip('.')}. Change it and try again."
