"""How near a text is to others (books, one's own pieces, the passage before) and how far offers are apart."""
