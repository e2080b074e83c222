"""The tables of the store. Every row has an owner. Changes here need a migration (tests compare the two)."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

HEAD = "0002"  # the newest migration; a test holds it against the folder

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _when(name: str, nullable: bool = False) -> "Column[object]":
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _owner() -> "Column[str]":
    return Column("owner", String(200), nullable=False)


sessions = Table(
    "sessions",
    metadata,
    Column("id", String(26), primary_key=True),
    _owner(),
    Column("title", Text, nullable=False),
    _when("created"),
    _when("updated"),
    _when("trashed", nullable=True),
    Index("ix_sessions_owner", "owner", "updated"),
)

pieces = Table(
    "pieces",
    metadata,
    Column("id", String(26), primary_key=True),
    _owner(),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("medium", String(20), nullable=False),
    Column("form", String(40), nullable=False),
    Column("title", Text, nullable=False),
    _when("created"),
    _when("updated"),
    _when("trashed", nullable=True),
)

blobs = Table(
    "blobs",
    metadata,
    Column("owner", String(200), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("inline", LargeBinary, nullable=True),  # the bytes themselves when small; else they are a blob file
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(26), primary_key=True),
    _owner(),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("piece", ForeignKey("pieces.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("model", String(80), nullable=False),
    Column("ask", JSON, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("message", Text, nullable=False),
    Column("boot", String(26), nullable=False),  # which start of the studio runs it
    _when("created"),
    _when("ended", nullable=True),
)

offers = Table(
    "offers",
    metadata,
    Column("id", String(26), primary_key=True),
    _owner(),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("piece", ForeignKey("pieces.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("job", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("index", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("recipe", JSON, nullable=False),
    Column("summary", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("partial", Boolean, nullable=False),
    _when("created"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(66), primary_key=True),
    Column("number", BigInteger().with_variant(Integer, "sqlite"), nullable=False, index=True),  # order of making
    _owner(),
    Column("piece", ForeignKey("pieces.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("parts", JSON, nullable=False),
    Column("origin", String(20), nullable=False),
    Column("recipe", JSON, nullable=True),
    Column("offer", ForeignKey("offers.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("summary", Text, nullable=False),
    _when("created"),
)

draft_parents = Table(
    "draft_parents",
    metadata,
    _owner(),
    Column("draft", String(66), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("parent", String(66), nullable=False, index=True),
    ForeignKeyConstraint(["draft"], ["drafts.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["parent"], ["drafts.id"], ondelete="CASCADE"),
)

workings = Table(
    "workings",
    metadata,
    Column("id", String(26), primary_key=True),
    _owner(),
    Column("piece", ForeignKey("pieces.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("base", ForeignKey("drafts.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("title", Text, nullable=False),
    _when("updated"),
    _when("kept", nullable=True),  # when the text last became a draft
    Column("aside", LargeBinary, nullable=True),  # what its room keeps beside the text, such as what was cut last
)

makings = Table(
    "makings",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    _owner(),
    Column("working", ForeignKey("workings.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("what", String(20), nullable=False),
    Column("version", Integer, nullable=False),  # of the copy, afterwards
    Column("data", LargeBinary, nullable=False),
    Column("draft", ForeignKey("drafts.id", ondelete="SET NULL"), nullable=True, index=True),
    _when("created"),
)

choices = Table(
    "choices",
    metadata,
    Column("id", String(26), primary_key=True),
    _owner(),
    Column("offer", ForeignKey("offers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("draft", ForeignKey("drafts.id", ondelete="SET NULL"), nullable=True, index=True),
    _when("created"),
)

meta = Table(
    "meta",
    metadata,
    Column("owner", String(200), primary_key=True),  # always "studio": facts about the store itself
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
)
