"""What ComfyUI writes: the graph that ran (`prompt`), or else the graph as it lies on the page (`workflow`).

There is no field for the prompt or the seed: they are found by following the links from the picture that was saved back to
the samplers that made it, and from there to the words, the model and the numbers. The sampler that ran first counts; those
after it (a refiner, an enlarged second pass) are listed in `rest["passes"]`. Nodes nobody knows are walked through. A graph
may be wrong in any way, or go round in circles: every walk has an end.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from studio.images.metadata.comfyui_page import graph_of_page
from studio.images.metadata.found import Found, dict_of, real, size_of, whole, words

MOST_NODES, MOST_STEPS, MOST_LINKS, MOST_DEPTH, MOST_WORDS = 5_000, 400, 20_000, 6, 20_000  # words: letters of a prompt
TEXTS = ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt", "string", "value", "wildcard_text", "populated_text")
NUMBERS = ("value", "seed", "noise_seed", "int", "float", "number", "Value")
PIECE = re.compile(r"(?:string|text)_?[a-d1-8]")  # of texts that are joined
NO_WORDS = frozenset(("clip", "model", "vae", "image", "pixels", "latent", "latent_image", "samples", "control_net", "mask"))
NO_LATENT = frozenset(("model", "clip", "vae", "positive", "negative", "conditioning", "guider", "control_net"))
SAMPLED = ("samples", "latent_image", "latent", "image", "images", "pixels")
LOADED = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name")


class Link(NamedTuple):
    node: str
    slot: int


class Graph:
    """Nodes by their ids, each a `class_type` and its `inputs`; whatever is no such node is left out."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.types: dict[str, str] = {}
        self._left = MOST_LINKS  # looked up in all; then there are no more, and every walk ends
        for name, node in list(raw.items())[:MOST_NODES]:
            if isinstance(node, dict) and isinstance(node.get("inputs"), dict):
                self.nodes[str(name)], self.types[str(name)] = node["inputs"], words(node.get("class_type"))

    def link(self, value: Any) -> Link | None:
        if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int)) or self._left < 1:
            return None
        self._left -= 1
        slot = value[1] if isinstance(value[1], int) else 0
        return Link(str(value[0]), slot) if str(value[0]) in self.nodes else None

    def is_sampler(self, name: str) -> bool:
        inputs = self.nodes[name]
        return ("sampler_name" in inputs and "steps" in inputs) or ("sigmas" in inputs and "sampler" in inputs)

    def back(self, start: Any, skip: frozenset[str] = frozenset()) -> Iterator[str]:
        """Every node the value comes from, the nearest first."""
        waiting, seen = [start], set[str]()
        while waiting and len(seen) < MOST_STEPS:
            link = self.link(waiting.pop(0))
            if link and link.node not in seen:
                seen.add(link.node)
                yield link.node
                waiting += [value for key, value in self.nodes[link.node].items() if key not in skip]

    def find(self, start: Any, keys: tuple[str, ...]) -> Any:
        """The first of these fields on the way back."""
        for name in self.back(start):
            for key in keys:
                value = self.scalar(self.nodes[name].get(key))
                if value not in (None, ""):
                    return value
        return None

    def scalar(self, value: Any) -> Any:
        """A number or a text as it stands, or from the little nodes that only hold one."""
        for _ in range(20):
            link = self.link(value)
            if link is None:
                return value if isinstance(value, str | int | float) else None
            inputs = self.nodes[link.node]
            if link.slot == 1 and "width" in inputs and "height" in inputs:  # a node of sizes gives the height second
                value = inputs["height"]
            else:
                value = next((inputs[key] for key in ("width", *NUMBERS, *TEXTS) if key in inputs), None)
        return None


def read_comfyui(texts: dict[str, str]) -> Found | None:
    prompt, page = dict_of(texts.get("prompt", "")), dict_of(texts.get("workflow", ""))
    graph = Graph(prompt)
    if not graph.nodes:
        graph = Graph(graph_of_page(page))
    order = _samplers(graph)
    return _found(graph, order) if order else None


def _samplers(graph: Graph) -> list[str]:
    """Those that made the saved picture, the first to run first; where nothing is saved, all there are."""
    for ending in ("Save", "Preview", ""):
        for name, inputs in graph.nodes.items():
            if ending and ending not in graph.types[name] or not any(key in inputs for key in SAMPLED):
                continue
            found = [n for n in graph.back([name, 0], NO_LATENT) if graph.is_sampler(n)]
            if found:
                return found[::-1]
    return [name for name in graph.nodes if graph.is_sampler(name)]


def _found(graph: Graph, order: list[str]) -> Found:
    first = order[0]
    passes = [_numbers(graph, name) for name in order]
    prompt, avoid = _words(graph, first)
    latent = next((graph.nodes[first][key] for key in ("latent_image", "latent", "samples") if key in graph.nodes[first]), None)
    size = next((size for name in graph.back(latent, NO_LATENT) if (size := _size(graph, name))), None)
    main = passes[0]
    rest: dict[str, Any] = {name: value for name, value in main.items() if name in ("scheduler", "denoise")}
    if len(passes) > 1:
        rest["passes"] = passes
    if loras := _loras(graph, first):
        rest["loras"] = loras
    return Found(
        source="comfyui", prompt=prompt, avoid=avoid, seed=whole(main["seed"]), steps=whole(main["steps"]),
        guidance=real(main["guidance"]), sampler=words(main["sampler"]), size=size, model=_model(graph, first), rest=rest,
    )  # fmt: skip


def _numbers(graph: Graph, name: str) -> dict[str, Any]:
    inputs = graph.nodes[name]

    def of(keys: tuple[str, ...], *ways: str) -> Any:
        own = next((value for key in keys if (value := graph.scalar(inputs.get(key))) is not None), None)
        return own if own is not None else next((v for way in ways if (v := graph.find(inputs.get(way), keys)) is not None), None)

    guidance = of(("cfg",), "guider")
    if guidance is None or real(guidance) == 1.0:  # Flux and its like have one beside the words
        guidance = _beside(graph, inputs) or guidance
    return {
        "seed": of(("seed", "noise_seed"), "noise"), "steps": of(("steps",), "sigmas"), "guidance": guidance,
        "sampler": of(("sampler_name",), "sampler"), "scheduler": of(("scheduler",), "sigmas"),
        "denoise": of(("denoise",), "sigmas"),
    }  # fmt: skip


def _beside(graph: Graph, inputs: dict[str, Any]) -> Any:
    return next((v for way in ("positive", "guider") if (v := graph.find(inputs.get(way), ("guidance",))) is not None), None)


def _words(graph: Graph, sampler: str) -> tuple[str, str]:
    inputs = graph.nodes[sampler]
    if guider := graph.link(inputs.get("guider")):
        inputs = graph.nodes[guider.node]
    positive = inputs.get("positive", inputs.get("conditioning"))
    return _text(graph, positive, "positive"), _text(graph, inputs.get("negative"), "negative")


def _text(graph: Graph, value: Any, side: str, depth: int = 0) -> str:
    """The words behind a conditioning. `side` chooses at nodes through which both run."""
    texts: list[str] = []
    waiting, seen = [value], set[str]()
    while waiting and len(seen) < MOST_STEPS and depth < MOST_DEPTH:
        value = waiting.pop(0)
        link = graph.link(value)
        if link is None:
            text = value[:MOST_WORDS].strip() if isinstance(value, str) else ""
            texts += [text] if text else []
        elif link.node not in seen and "ZeroOut" not in graph.types[link.node]:  # which empties it
            seen.add(link.node)
            waiting = [*_onward(graph, link, side, depth), *waiting]
    return ", ".join(dict.fromkeys(texts))[:MOST_WORDS]


def _onward(graph: Graph, link: Link, side: str, depth: int) -> list[Any]:
    inputs, kind = graph.nodes[link.node], graph.types[link.node]
    if "Switch" in kind and "on_true" in inputs:
        return [inputs["on_true"] if graph.scalar(inputs.get("switch")) else inputs.get("on_false")]
    if pieces := [inputs[key] for key in inputs if PIECE.fullmatch(key)]:
        between = inputs["delimiter"] if isinstance(inputs.get("delimiter"), str) else " "
        return [between.join(_text(graph, piece, side, depth + 1) for piece in pieces[:8])]
    if "positive" in inputs and "negative" in inputs:
        return [inputs["negative" if link.slot == 1 else "positive" if link.slot == 0 else side]]
    if own := [inputs[key] for key in TEXTS if key in inputs]:
        return own
    return [value for key, value in inputs.items() if key not in NO_WORDS and graph.link(value)]


def _size(graph: Graph, name: str) -> tuple[int, int] | None:
    inputs = graph.nodes[name]
    if "width" not in inputs or "height" not in inputs:
        return None
    return size_of(whole(graph.scalar(inputs["width"])), whole(graph.scalar(inputs["height"])) or 0)


def _model(graph: Graph, sampler: str) -> str:
    inputs = graph.nodes[sampler]
    ways = (inputs.get("model"), inputs.get("guider"), inputs.get("sigmas"))
    return next((words(name) for way in ways if (name := graph.find(way, LOADED))), "")


def _loras(graph: Graph, sampler: str) -> list[str]:
    ways = (graph.nodes[sampler].get("model"), graph.nodes[sampler].get("guider"))
    names = [words(graph.nodes[n].get("lora_name")) for way in ways for n in graph.back(way) if "lora_name" in graph.nodes[n]]
    return list(dict.fromkeys(name for name in names if name))
