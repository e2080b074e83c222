"""Tandem: a studio where a person and generative models make stories, pictures and tunes together."""

__version__ = "0.1.0"
