"""How likely a model found each piece of a passage: the answer to a WeighAsk, as one offer with a JSON body."""

import json

from studio.core.event import Offer, Thing
from studio.writing.ask import WeighAsk
from studio.writing.model import Prompt, TextModel

WEIGHED_TYPE = "application/vnd.tandem.weighed+json"


def weighed(model: TextModel, ask: WeighAsk, prompt: Prompt) -> Offer:
    pieces = model.weigh(prompt, ask.passage, ask.others)
    rows = [
        {"text": one.text, "logprob": round(one.logprob, 4), "others": [[t, round(p, 4)] for t, p in one.others]}
        for one in pieces
    ]
    mean = sum(one.logprob for one in pieces) / max(len(pieces), 1)
    body = json.dumps({"pieces": rows}, ensure_ascii=False).encode()
    thing = Thing(name="body", media_type=WEIGHED_TYPE, body=body)
    return Offer(index=0, seed=ask.seed, things=(thing,), summary=f"{len(rows)} pieces", facts={"mean": round(mean, 4)})
