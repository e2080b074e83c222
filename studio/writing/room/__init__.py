"""The studio's side of the Write tab: what the page asks and is told, between the manuscript, the store and the models."""
