"""What the transformers runtime is made of: words, rows of keys and values, prompts that are kept. Not a runtime."""
