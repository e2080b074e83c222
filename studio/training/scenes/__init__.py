"""Procedural pictures with exact captions, to train small picture models on.

`make(seed, size, objects)` gives the same picture and caption for the same arguments. What a caption says is in the
picture: things are named only where they can be seen, and colours are measured on the finished picture.
"""

from studio.training.scenes.make import Scene, make
from studio.training.scenes.objects import Objects

__all__ = ["Objects", "Scene", "make"]
