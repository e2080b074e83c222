"""Continuity: what each scene says of people and things, and where two scenes cannot both be true."""
