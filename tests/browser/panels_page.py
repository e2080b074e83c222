"""A page with the panels of the Write room on it: the real files of the page over a small desk and doors of its own, no server.

The doors answer what the studio would; what was sent to them is collected in `posted`, what was asked of models in `wishes`.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from studio.writing.ask import Part, PlotAsk
from studio.writing.context.fit import fit
from studio.writing.diff import hunks
from studio.writing.plot.make import Tools, plots

UI = Path(__file__).resolve().parents[2] / "assets" / "ui"
TEXT = (
    "The harbour lay grey under the rain. Mara counted the masts twice, because the first time there had been one too many.\n\n"
    "“You are early,” said Tom. He had a rope over his shoulder and a look she knew."
)
REWRITTEN = "The harbour lay dark under the rain. Mara counted the masts twice, because at first there had been one more than there should be."
OFFERS = (
    "She said nothing. The extra mast belonged to no boat that she could name, and it did not move when the others moved. "
    "Somewhere a bell began.",
    "“The tide is early,” she said, and put the glass away. Tom laughed, but he looked at the water.",
    "Rain ran off the rope and down his sleeve. It was the best of times, it was the worst of times, and he had come to say which.",
)
BIBLE: dict[str, Any] = {
    "entries": [
        {"id": "mara", "kind": "person", "name": "Mara Voss", "aliases": [{"name": "the keeper", "since": ""}], "mode": "always",
         "text": "Keeps the light. Counts everything.", "since": "", "knows": [{"text": "Tom lied", "since": "s2", "until": ""}],
         "facts": [{"text": "Her left hand is lame", "since": "s2", "until": ""}]},
        {"id": "tom", "kind": "person", "name": "Tom Hale", "aliases": [], "mode": "mention", "text": "A fisherman.", "since": "",
         "facts": [], "knows": []},
        {"id": "harbour", "kind": "place", "name": "The harbour", "aliases": [], "mode": "mention", "text": "Nine masts.",
         "since": "", "facts": [], "knows": []},
    ],
    "role": "", "style": {"lines": [], "measured": {}, "favourites": []}, "note": {"text": "", "depth": 0},
}  # fmt: skip
MODELS = [
    {"id": "mini", "title": "Writer mini", "tasks": ["plot", "continue", "fill", "spark", "describe", "weigh"], "state": "loaded", "why": {"rewrite": "Writer mini cannot rewrite a passage. Qwen 3 4B can."}, "reason": "", "server": ""},
    {"id": "big", "title": "Qwen 3 4B", "tasks": ["plot", "continue", "fill", "spark", "describe", "dialogue", "rewrite", "expand", "summarise", "weigh"], "state": "installed", "why": {}, "reason": "", "server": ""},
    {"id": "far", "title": "Huge", "tasks": ["continue"], "state": "available", "why": {}, "reason": "It is not downloaded yet. Get it in the Models tab.", "server": ""},
]  # fmt: skip
CONTINUITY = {
    "facts": {"s1": [{"who": "mara", "name": "Mara Voss", "about": "eyes", "value": "grey", "shown": "has grey eyes", "other": "", "source": "text", "place": {"scene": "s1", "entry": "", "at": 0, "quote": "The harbour lay grey"}}]},
    "contradictions": [{"key": "k1", "about": "eyes", "who": "mara", "times": 1, "sentence": "Mara Voss has grey eyes here and brown eyes there.", "one": {"scene": "s1", "entry": "", "at": 0, "quote": "The harbour lay grey"}, "other": {"scene": "s2", "entry": "", "at": 4, "quote": "brown eyes"}}],
    "settled": [],
}  # fmt: skip
SCRIPTS = ("ledger", "kit", "asking", "diff", "offers", "plots", "context", "bible", "about", "compare", "weigh", "continuity")


def state(**changes: Any) -> dict[str, Any]:
    def scene(id: str, title: str, text: str) -> dict[str, Any]:
        return {
            "id": id,
            "title": title,
            "summary": "",
            "beat": "",
            "goal": 0,
            "cast": [],
            "words": len(text.split()),
            "text": text,
            "spans": [],
        }

    chapters = [
        {
            "id": "c1",
            "title": "The count",
            "scenes": [scene("s1", "Harbour", TEXT), scene("s2", "", "Her brown eyes. 🌊 The sea.")],
        }
    ]
    manuscript = {
        "title": "Nine masts",
        "author": "",
        "goal": 0,
        "bans": [],
        "settled": [],
        "plot": None,
        "bible": BIBLE,
        "chapters": chapters,
    }
    shares = {"letters": {}, "percent": {"human": 71, "model": 14, "model-edited": 9, "human-rewritten": 4, "pasted": 2}}
    return {
        "piece": "p1", "session": "x1", "title": "Nine masts", "working": "w1", "version": 3, "updated": "2026-01-01T10:00:00+00:00",
        "branched": False, "empty": False, "copies": [{"id": "w1", "title": "the first copy"}, {"id": "w2", "title": "Another end"}],
        "manuscript": manuscript, "words": 44, "shares": shares, "offers": {"job": None, "task": None, "offers": []}, "models": MODELS,
        **changes,
    }  # fmt: skip


def report() -> dict[str, Any]:
    parts = (
        Part(kind="constant", id="mara", title="Mara Voss", text=BIBLE["entries"][0]["text"] * 4, why="always"),
        Part(kind="before", id=":before:s1", title="Harbour", text=TEXT * 9, why="just before the cursor"),
        Part(kind="lore", id="tom", title="Tom Hale", text="A fisherman." * 9, why="named in the last paragraph"),
        Part(kind="note", id=":note", text="Keep it quiet.", why="always"),
    )
    return fit(parts, 420, lambda text: len(text) // 4).report.model_dump(mode="json")


def offer(i: int, text: str, task: str = "continue", **changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "context": report(),
        "words": len(text.split()),
        "near": {"sentence": "No run of eight words was found in the books it learned from.", "spans": []},
    }
    if "worst of times" in text:
        at = text.index("It was the best")
        facts["near"] = {
            "sentence": "12 words in a row stand in “A Tale of Two Cities” by Charles Dickens.",
            "spans": [
                {
                    "start": at,
                    "end": text.index(", and he"),
                    "title": "A Tale of Two Cities",
                    "author": "Charles Dickens",
                    "phrase": False,
                }
            ],
        }
    return {"id": f"o{i}", "index": i, "seed": 41 + i, "task": task, "done": True, "partial": False, "text": text, "summary": text[:40], "facts": facts, "model": "mini", "model_title": "Writer mini", "chosen": None, **changes}  # fmt: skip


def offers() -> dict[str, dict[str, Any]]:
    return {str(i): offer(i, text) for i, text in enumerate(OFFERS)}


def plot_offers(n: int = 3) -> dict[str, dict[str, Any]]:
    """Real ones, of the plot engine without a model."""
    made: dict[str, dict[str, Any]] = json.loads(_plots(n))
    return made


@lru_cache
def _plots(n: int) -> str:
    out = {}
    for i in range(n):
        ask = PlotAsk(premise="A lighthouse keeper finds a letter addressed to her, a hundred years old.", seed=7 + i, n=1)
        made = list(plots(ask, 0, Tools()))[-1]
        out[str(i)] = {"id": f"p{i}", "index": i, "seed": 7 + i, "task": "plot", "done": True, "partial": False, "plot": made.plot.model_dump(mode="json"), "summary": "", "facts": made.facts, "model": "mini", "model_title": "Writer mini", "chosen": None}  # fmt: skip
    return json.dumps(out)


def weighed() -> dict[str, Any]:
    rows = [
        ("The", -0.1),
        (" har", -3.2),
        ("bour", -1.0),
        (" lay", -1.0),
        (" grey", -2.4),
        (" under", -0.4),
        (" the", -0.05),
        (" rain", -1.9),
        (".", -0.2),
    ]
    pieces = [{"text": text, "logprob": p, "others": [[" quay", -1.2], [" sea", -2.0]]} for text, p in rows]
    return {"id": "h0", "index": 0, "seed": 1, "task": "weigh", "done": True, "partial": False, "pieces": pieces, "facts": {"mean": -1.3}, "model": "mini", "model_title": "Writer mini"}  # fmt: skip


def steps() -> list[dict[str, Any]]:
    rows = [("typed", 6, 6), ("accepted", 20, 26), ("rewritten", 18, 44)]
    return [{"time": 1767225600000 + k * 60000, "who": "alice", "what": what, "scene": "s1", "added": added, "removed": 0, "total": total} for k, (what, added, total) in enumerate(rows)]  # fmt: skip


PAGE = """(given) => {
  window.posted = []; window.wishes = []; window.inserted = []; window.selected = []; window.loaded = [];
  const hearers = {}, w = Studio.writing, root = document.querySelector('.write-room');
  let now = given.state, run = null, place = { scene: 's1', start: 0, end: 0, text: '' };
  const scenes = () => now.manuscript.chapters.flatMap((c) => c.scenes), one = (id) => scenes().find((s) => s.id === id);
  const tell = (name, ...what) => (hearers[name] || []).forEach((fn) => fn(...what));
  const answers = {
    'context': () => given.report, 'drafts': () => ({ drafts: [{ id: 'd1', summary: 'The first count', created: '2026-01-01T09:00:00+00:00' }] }), 'continuity': () => given.continuity,
    'about': (q) => ({ shares: now.shares, models: { 'Writer mini': 9 }, by_offer: [], statement: `# How this text was made (${q.get('preset')})\\n\\n- Words: 44` }),
    'replay': () => ({ steps: given.steps }), 'compare': () => ({ scenes: [{ id: 's1', title: 'Harbour', state: 'changed', moved: false, added: 3, removed: 3, hunks: given.hunks }, { id: 's2', title: '', state: 'same', moved: false, hunks: [] }] }),
  };
  async function get(path) {
    const [where, query] = path.split('?'), last = where.split('/').pop();
    if (/replay\\/\\d+$/.test(where)) { const i = Number(last), text = one('s1').text; return { scenes: [{ id: 's1', title: 'Harbour', text: text.slice(0, Math.round((text.length * i) / 3)) }] }; }
    if (answers[last]) return answers[last](new URLSearchParams(query));
    if (/^offers\\//.test(where)) return given.plots.find((p) => p.id === last);
    throw new Error(`no door ${path}`);
  }
  async function post(path, body = {}) {
    posted.push([path, body]);
    if (/\\/take$/.test(path)) return { version: ++now.version, chosen: 'edited', scene: body.scene, at: body.at, gone: body.gone, text: body.text };
    if (/\\/diff$/.test(path)) return { hunks: given.hunks };
    if (/\\/put$/.test(path)) { const next = structuredClone(now); next.version++; if (body.what === 'scene') Object.assign(next.manuscript.chapters[0].scenes.find((s) => s.id === body.value.id), body.value); else next.manuscript[body.what] = body.value; return next; }
    if (/\\/style$/.test(path)) { const next = structuredClone(now); next.manuscript.bible.style = { lines: ['Sentences have about 14 words.'], measured: { words: 44 }, favourites: [] }; return next; }
    if (/\\/settle$/.test(path)) { given.continuity = { ...given.continuity, contradictions: [], settled: given.continuity.contradictions }; return structuredClone(now); }
    if (/\\/merge$/.test(path)) return { ...structuredClone(now), conflicts: [{ id: 's1', what: 'text', said: 'Both drafts changed this place. Both texts are kept.', at: 4, mine: 7, theirs: 5 }] };
    if (/\\/(keep-plot|back)$/.test(path)) return structuredClone(now);
    return {};
  }
  const told = document.querySelector('.told');
  const say = (text, { bad = false } = {}) => { told.textContent = text || ''; told.hidden = !text; told.classList.toggle('bad', bad); };
  const ctx = window.ctx = {
    root, get, post, send: post, tell, say, on: (name, fn) => (hearers[name] ||= []).push(fn),
    trying: (act) => async (...args) => { try { say(''); return await act(...args); } catch (error) { say(error.message, { bad: true }); } },
    state: () => now, session: () => 'x1', run: () => run, settle: async () => now, halt: () => { window.halted = true; follow({ ...run, ended: true }); },
    load(next) { loaded.push(next); now = next; tell('state', now); },
    ask(task, fields = {}, extra = {}) {
      const wish = { task, fields, ...extra, scene: extra.scene || place.scene, start: extra.start ?? place.start, end: extra.end ?? place.end };
      wishes.push(wish);
      follow({ token: String(Math.random()), job: `j${wishes.length}`, task, n: fields.n || 1, piece: now.piece, offers: {}, stage: 'queued', fraction: 0, ended: false, wish });
    },
    async put(what, value) { ctx.load(await post(`copies/${now.working}/put`, { version: now.version, what, value })); },
    dialog(title, ...children) {
      const box = Studio.h('dialog', { class: 'write-dialog music-dialog', 'aria-label': title }, Studio.h('header', {}, Studio.h('h3', {}, title), Studio.h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', onclick: () => box.close() }, 'Close')), ...children);
      box.addEventListener('close', () => box.remove());
      root.append(box); box.showModal(); return box;
    },
    editor: {
      scene: () => place.scene, selection: () => place, text: (id) => one(id)?.text, focus() {}, tint(on) { window.tinted = on; tell('tint', on); }, tinted: () => !!window.tinted, mark() {},
      select(scene, start, end) { place = { scene, start, end, text: Array.from(one(scene).text).slice(start, end).join('') }; selected.push(place); tell('select', place); },
      async insert(what) { inserted.push(what); }, applied(answer) { const s = one(answer.scene), own = Array.from(s.text); s.text = own.slice(0, answer.at).join('') + answer.text + own.slice(answer.at + answer.gone).join(''); },
    },
  };
  window.follow = (next) => { run = { ...run, ...next }; tell('run', run); };
  const side = document.querySelector('.write-side'), beside = document.querySelector('.write-offers');
  for (const name of ['asking', 'context', 'bible', 'about', 'compare', 'continuity']) w[name](ctx, side);
  w.weigh(ctx, beside); w.offers(ctx, beside); w.plots(ctx, document.querySelector('.write-plots'));
  tell('state', now);
}"""


def open_panels(page: Page, *, dark: bool = False, **changes: Any) -> list[dict[str, Any]]:
    """Gives the plots that the page knows."""
    styles = "\n".join((UI / name).read_text() for name in ("tokens.css", "shell.css", "music/room.css", "writing/panels.css"))
    layout = ".write-desk{display:grid;grid-template-columns:minmax(0,1fr) 360px;gap:18px}.write-room .page{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:24px 40px;font-family:var(--serif);font-size:18px;line-height:1.65;white-space:pre-wrap}.write-side{display:flex;flex-direction:column;gap:12px}.write-right{display:flex;flex-direction:column;gap:14px}@media(max-width:1080px){.write-desk{display:block}.write-room .page{padding:16px;margin-bottom:16px}}"  # noqa: E501
    page.set_content(f"<!doctype html><html lang=en><head><title>Panels</title><meta name=viewport content='width=device-width,initial-scale=1'><style>{styles}{layout}</style></head><body class='gradio-container {'dark' if dark else ''}'><main style='padding:16px'><div data-part=write-room class=write-room><h1 class=visually-hidden>Tandem</h1><h2 class=visually-hidden>Write</h2><p class='said told' hidden></p><div class=write-plots></div><div class=write-desk><div class=page>{TEXT}</div><div class=write-right><section class=write-offers aria-label=Offers></section><aside class=write-side aria-label='Ask and choose'></aside></div></div></div></main></body></html>")  # fmt: skip  # noqa: E501
    page.evaluate("{ const kept = {}; Object.defineProperty(window, 'localStorage', {value: {getItem: (k) => kept[k] ?? null, setItem: (k, v) => { kept[k] = String(v); }, removeItem: (k) => { delete kept[k]; }}}); }")  # fmt: skip
    page.add_script_tag(
        content="\n".join([(UI / "studio.js").read_text(), *((UI / "writing" / f"{name}.js").read_text() for name in SCRIPTS)])
    )
    made = list(plot_offers().values())
    old = TEXT.partition("\n")[0]
    page.evaluate(PAGE, json.loads(json.dumps({
        "state": state(**changes), "report": {**report(), "warnings": [], "counted": False}, "continuity": CONTINUITY, "steps": steps(),
        "plots": made, "hunks": [hunk._asdict() for hunk in hunks(old, REWRITTEN)],
    })))  # fmt: skip
    return made


def finish(page: Page, found: dict[str, dict[str, Any]], **more: Any) -> None:
    """The run that was asked for last ends with these offers."""
    page.evaluate("(next) => follow(next)", {"offers": found, "fraction": 1, "ended": True, **more})
