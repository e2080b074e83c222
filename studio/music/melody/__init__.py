"""The melody model: its symbols, its grammar, the loop in which it writes, and what each ask means to it."""
