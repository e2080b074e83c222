"""The words of the house as small frozen types. Standard library and pydantic only; imports nothing of the house."""
