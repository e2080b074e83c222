"""The base of every word of the house: frozen, strict about its fields, the same after a trip through JSON."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Word(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ser_json_bytes="base64",
        val_json_bytes="base64",
        ser_json_inf_nan="strings",
        protected_namespaces=(),
    )

    def dumps(self) -> bytes:
        return self.model_dump_json().encode()

    @classmethod
    def loads(cls, data: bytes | str) -> Self:
        return cls.model_validate_json(data)

    def changed(self, **fields: Any) -> Self:
        """A copy with some fields replaced, validated like a new one."""
        own = {name: getattr(self, name) for name in type(self).model_fields}  # what is cached beside them is not a field
        return type(self).model_validate({**own, **fields})
