"""Metadata of pictures: how a picture was made, written into it and read out of it, ours and others'. No pixel is touched."""

from studio.images.metadata.found import Found
from studio.images.metadata.parts import Broken
from studio.images.metadata.reading import read_metadata, source_type
from studio.images.metadata.writing import Form, export, strip, write_metadata

__all__ = ["Broken", "Form", "Found", "export", "read_metadata", "source_type", "strip", "write_metadata"]
