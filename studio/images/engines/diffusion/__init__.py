"""Parts of the runtime `diffusers`. The only place of the room where that library is imported, inside functions."""
