"""The doors of the music room: JSON in, JSON and files out. Everything is done by `Room` in the owner's name."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from studio.core.errors import Refused
from studio.core.work import Draft
from studio.music.export import MEDIA_TYPES, exported, file_name
from studio.music.jamming import Jam
from studio.music.notation.files import write_tune
from studio.music.notation.svg import score_of
from studio.music.room import Room, load_json
from studio.music.theory import Key, Meter, read_meter
from studio.serving.answers import Who, answering
from studio.sessions.store import Store
from studio.workbench import Workbench

SOUNDS = Path(__file__).resolve().parents[2] / "assets" / "sounds"


def music_routes(store: Store, workbench: Workbench, who: Who) -> list[BaseRoute]:
    room, jam = Room(store), Jam(store, workbench)

    def at(path: str, handler: Callable[[str, Request], Any]) -> Route:
        return Route(f"/studio/music/{path}", answering(who, handler))

    def post(path: str, handler: Callable[[str, Request, bytes], Any]) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            return await run_in_threadpool(answering(who, lambda owner, r: handler(owner, r, body)), request)

        return Route(f"/studio/music/{path}", endpoint, methods=["POST"])

    def id(request: Request) -> str:
        return str(request.path_params["id"])

    def create(owner: str, request: Request, body: bytes) -> Any:
        return room.create(owner, id(request), str(load_json(body).get("title", ""))[:200])

    def save(owner: str, request: Request, body: bytes) -> Any:
        data = load_json(body)
        return room.save(owner, id(request), _whole(data, "version"), data.get("roll"), data.get("locks", ()))

    def change(owner: str, request: Request, body: bytes) -> Any:
        data = load_json(body)
        bars = data.get("bars") or []
        if not isinstance(bars, list) or not all(type(bar) is int for bar in bars):
            raise Refused("Choose one or more bars of this tune first.")
        return room.change(owner, id(request), _whole(data, "version"), str(data.get("what")), data.get("value"), bars)

    def write(owner: str, request: Request, body: bytes) -> Any:
        data = load_json(body)
        return room.write(owner, id(request), _whole(data, "version"), str(data.get("text", "")))

    def comp(owner: str, request: Request, body: bytes) -> Any:
        picks = load_json(body).get("picks")
        if not isinstance(picks, dict) or not all(str(bar).isdigit() for bar in picks):
            raise Refused("Choose bars from the takes first.")
        return room.comp(owner, id(request), {int(bar): str(offer) for bar, offer in picks.items()})

    def bring(owner: str, request: Request, body: bytes) -> Any:
        query = request.query_params
        return room.bring(owner, id(request), body, query.get("name", ""), query.get("working"))

    def hum(owner: str, request: Request, body: bytes) -> Any:
        query = request.query_params
        tempo, meter, key = _tempo(query.get("tempo")), _meter(query.get("meter")), _key(query.get("key"), query.get("mode"))
        beat = _beat(query.get("beat"))
        return room.hum(owner, id(request), body, tempo=tempo, meter=meter, key=key, beat=beat, working=query.get("working"))

    def tap(owner: str, request: Request, body: bytes) -> Any:
        data = load_json(body)
        onsets = data.get("onsets")
        if not isinstance(onsets, list) or not all(isinstance(at, int | float) for at in onsets) or len(onsets) > 2000:
            raise Refused("The taps could not be read. Tap again.")
        tempo, meter = _tempo(data.get("tempo")), _meter(data.get("meter")) or Meter()
        return room.tap(owner, id(request), [float(at) for at in onsets], tempo=tempo, meter=meter, beat=_beat(data.get("beat")))

    def answer(owner: str, request: Request, body: bytes) -> Any:
        data = load_json(body)
        return jam.answer(owner, id(request), data) if data else jam.ready(owner, id(request))

    def score(owner: str, request: Request) -> Any:
        width, scale = _pixels(request, "width", 1000), min(max(_pixels(request, "scale", 40), 20), 80)
        return {"pages": score_of(room.sheet(owner, id(request)).tune, width, scale, _pixels(request, "height", 0))}

    def export(owner: str, request: Request) -> Response:
        form, query = str(request.path_params["form"]), request.query_params
        sheet = room.sheet(owner, id(request))
        drafts: tuple[Draft, ...] = tuple(store.drafts(owner, store.copy(owner, id(request)).piece)) if form == "zip" else ()
        body = exported(sheet, form, loop=query.get("loop") == "1", chords=query.get("chords") != "0", drafts=drafts)
        name = quote(file_name(sheet.tune, form))
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", "cache-control": "no-store"}
        return Response(body, media_type=MEDIA_TYPES[form], headers=headers)

    return [
        Mount("/studio/sounds", StaticFiles(directory=SOUNDS)),
        at("sessions/{id}/tunes", lambda owner, r: {"tunes": room.tunes(owner, id(r))}),
        post("sessions/{id}/new", create),
        post("sessions/{id}/import", bring),
        post("sessions/{id}/hum", hum),
        post("sessions/{id}/tap", tap),
        post("sessions/{id}/answer", answer),
        post("sessions/{id}/keep-jam", lambda owner, r, body: jam.keep(owner, id(r), load_json(body))),
        at("tunes/{id}", lambda owner, r: room.open(owner, id(r), r.query_params.get("working"))),
        at("tunes/{id}/takes", lambda owner, r: room.takes(owner, id(r), r.query_params.get("job"))),
        post("tunes/{id}/rename", lambda owner, r, body: room.rename(owner, id(r), str(load_json(body).get("title", "")))),
        post("tunes/{id}/trash", lambda owner, r, body: room.trash(owner, id(r))),
        post("tunes/{id}/restore", lambda owner, r, body: room.bring_back(owner, id(r))),
        post("copies/{id}/save", save),
        post("copies/{id}/change", change),
        post("copies/{id}/write", write),
        post("copies/{id}/keep", lambda owner, r, body: room.keep(owner, id(r), str(load_json(body).get("summary", ""))[:160])),
        post("copies/{id}/comp", comp),
        post("copies/{id}/back", lambda owner, r, body: room.back(owner, id(r), str(load_json(body).get("draft", "")))),
        at("copies/{id}/about", lambda owner, r: room.about(owner, id(r))),
        at("copies/{id}/abc", lambda owner, r: {"text": write_tune(room.sheet(owner, id(r)).tune, "abc").decode()}),
        at("copies/{id}/score", score),
        at("copies/{id}/export/{form}", export),
        post("offers/{id}/take", lambda owner, r, body: room.take(owner, id(r), str(load_json(body).get("working", "")))),
        post("offers/{id}/reject", lambda owner, r, body: room.reject(owner, id(r))),
    ]


def _whole(data: dict[str, Any], name: str) -> int:
    value = data.get(name)
    if type(value) is not int:
        raise Refused("A save needs a version. Reload the page and try again.")
    return value


def _pixels(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdigit() and len(text) < 6 else usual


def _tempo(value: object) -> Fraction | None:
    if value in (None, ""):
        return None
    try:
        tempo = Fraction(str(value)[:20])
    except (ValueError, ZeroDivisionError):
        raise Refused("The tempo must be a number of quarter notes a minute, such as 100.") from None
    if not 30 <= tempo <= 300:
        raise Refused("Choose a tempo between 30 and 300 quarter notes a minute.")
    return tempo


def _beat(value: object) -> Fraction:
    """On which beat of its bar, counted from 0, the first note falls."""
    try:
        return Fraction(str(value or 0)[:12]).limit_denominator(96)
    except (ValueError, ZeroDivisionError):
        raise Refused("Say on which beat the first note falls, counted from 0.") from None


def _meter(value: object) -> Meter | None:
    try:
        return read_meter(str(value)[:8]) if value else None
    except ValueError:
        raise Refused("Write the meter like 4/4 or 6/8.") from None


def _key(tonic: str | None, mode: str | None) -> Key | None:
    if not tonic:
        return None
    try:
        return Key(tonic=tonic[:3], mode=mode or "major")
    except ValueError:
        raise Refused("Write the key like D and choose a mode.") from None


