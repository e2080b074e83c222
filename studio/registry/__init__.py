"""The registry: cards, leases, the memory budget, downloads."""

from studio.registry.catalog import Shelf, read_shelf
from studio.registry.registry import Registry, open_registry
from studio.registry.resident import Lease
from studio.registry.runtimes import runtime_finder
from studio.registry.status import CardState, CardStatus, RegistryStatus

__all__ = [
    "CardState",
    "CardStatus",
    "Lease",
    "Registry",
    "RegistryStatus",
    "Shelf",
    "open_registry",
    "read_shelf",
    "runtime_finder",
]
