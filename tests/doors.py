"""The doors of the writing room without a page: a studio of its own, and a client that speaks JSON through them.

`python -m tests.doors FOLDER PORT` opens them to others, and prints a session's id first. Nothing here imports Gradio.
"""

import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio.core.event import Event, Offer
from studio.main import Studio, open_studio, who_of
from studio.serving.desk import desk_routes
from studio.serving.live import Live
from studio.settings import Settings
from studio.writing.manuscript.manuscript import MANUSCRIPT_TYPE
from studio.writing.room.asked import Asking
from studio.writing.room.routes import writing_routes
from studio.writing.room.table import as_text


class Doors:
    def __init__(self, folder: Path, host_kind: str = "thread") -> None:
        self.studio = open_studio(Settings(data_dir=folder, offline=True, host_kind=host_kind))  # type: ignore[arg-type]
        self.asking = Asking(self.studio.store, self.studio.workbench)
        self.forget()
        self.owner = "local"
        self.session = self.studio.store.create_session(self.owner, "A session").id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.studio.close()

    def forget(self) -> None:
        """Rooms that have nothing in memory, as after a start."""
        self.client = TestClient(app_of(self.studio))

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/studio/writing/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **data: Any) -> Any:
        answer = self.client.post(f"/studio/writing/{path}", json=data)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, **data: Any) -> str:
        answer = self.client.post(f"/studio/writing/{path}", json=data)
        assert answer.status_code in (400, 404), answer.text
        assert list(answer.json()) == ["error"]
        return str(answer.json()["error"])

    def ask(self, task: str, working: str | None, fields: dict[str, Any] | None = None, **data: Any) -> list[Event]:
        """As the tab does it; all events."""
        wished = self.asking.wish(self.owner, self.session, {"task": task, "working": working, "fields": fields or {}, **data})
        return list(self.studio.workbench.run(wished.ask, self.owner, wished.session, wished.piece, wished.model, wished.more))

    def offers(self, *asked: Any, **more: Any) -> list[Offer]:
        return sorted((one for one in self.ask(*asked, **more) if isinstance(one, Offer)), key=lambda one: one.index)


def app_of(studio: Studio) -> Starlette:
    who = who_of(studio.gate)
    desk = desk_routes(studio.store, Live(studio.registry, studio.workbench), who, {MANUSCRIPT_TYPE: as_text})
    return Starlette(routes=[*writing_routes(studio.store, studio.workbench, who), *desk])


def main() -> None:
    import uvicorn

    with Doors(Path(sys.argv[1])) as doors:
        print(doors.session, flush=True)
        uvicorn.run(app_of(doors.studio), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")


if __name__ == "__main__":
    main()
