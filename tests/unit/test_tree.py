"""Five thousand drafts of one session open at once."""

import hashlib
import json
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from studio.core.work import Part, draft_id
from studio.sessions import schema
from studio.sessions.check import check_store
from studio.sessions.lanes import lanes
from studio.sessions.room import now
from studio.sessions.store import Store, open_store
from tests.running import ROOT


def plant(
    store: Store, owner: str, session: str, drafts: int, pieces: int = 5, seed: int = 0
) -> list[tuple[str, tuple[str, ...]]]:
    """Drafts with branches and merges, written straight into the tables; (id, parents) in the order of making."""
    chance, began = random.Random(seed), now()
    names = [store.create_piece(owner, session, "text", "notes", f"Notes {k}").id for k in range(pieces)]
    past_of: dict[str, list[str]] = {name: [] for name in names}
    rows, links, blobs, made = [], [], {}, []
    for k in range(drafts):
        piece = chance.choice(names)
        before = past_of[piece]
        many = min(len(before), chance.choice((1, 1, 1, 1, 2)))
        past = tuple(dict.fromkeys(before[-1 - int(chance.expovariate(0.5)) % len(before)] for _ in range(many)))
        text = f"draft {k}".encode()
        part = Part(name="body", sha256=hashlib.sha256(text).hexdigest(), media_type="text/plain", size=len(text))
        id = draft_id(piece, past, (part,), "person", None)
        blobs[part.sha256] = {"owner": owner, **part.model_dump(exclude={"name"}), "inline": text}
        rows.append(
            {
                "id": id, "number": k + 1, "owner": owner, "piece": piece, "parts": [part.model_dump()], "origin": "person",
                "recipe": None, "offer": None, "summary": text.decode(), "created": began + timedelta(milliseconds=k),
            }
        )  # fmt: skip
        links += [{"owner": owner, "draft": id, "position": i, "parent": parent} for i, parent in enumerate(past)]
        before.append(id)
        made.append((id, past))
    with store.database.write() as db:
        db.execute(insert(schema.blobs), list(blobs.values()))
        db.execute(insert(schema.drafts), rows)
        db.execute(insert(schema.draft_parents), links)
    return made


def measure_tree(drafts: int, data: Path) -> dict[str, Any]:
    """The best of three: how long the tree of a session takes with so many drafts."""
    store = open_store(f"sqlite:///{data / 'tandem.db'}", str(data / "blobs"), data)
    session = store.create_session("local", "Forest").id
    made = plant(store, "local", session, drafts)
    tree_s, lanes_s = [], []
    for _ in range(3):
        began = time.perf_counter()
        twigs = store.tree("local", session)
        tree_s.append(time.perf_counter() - began)
        began = time.perf_counter()
        lanes((twig.id, twig.parents) for twig in twigs)
        lanes_s.append(time.perf_counter() - began)
    same = [(twig.id, twig.parents) for twig in twigs] == made
    troubles = check_store(store)
    store.close()
    return {
        "drafts": len(twigs), "same": same, "troubles": len(troubles), "tree_ms": round(1000 * min(tree_s), 1),
        "first_ms": round(1000 * tree_s[0], 1), "lanes_ms": round(1000 * min(lanes_s), 1),
    }  # fmt: skip


def test_five_thousand_drafts_are_a_tree_in_half_a_second(tmp_path: Path) -> None:
    # In a process of its own: here the leftovers of all other tests would be swept by the collector meanwhile.
    code = f"import json; from pathlib import Path; from {__name__} import measure_tree; print(json.dumps(measure_tree(5000, Path({str(tmp_path)!r}))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    got = json.loads(done.stdout)
    assert (got["drafts"], got["same"], got["troubles"]) == (5000, True, 0), got
    assert got["tree_ms"] < 500, got
    assert got["lanes_ms"] < 100, got
