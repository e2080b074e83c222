"""how texts were made"""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("workings", sa.Column("aside", sa.LargeBinary(), nullable=True))
    op.create_table(
        "makings",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("working", sa.String(length=26), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("draft", sa.String(length=66), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["working"], ["workings.id"], name=op.f("fk_makings_working"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["draft"], ["drafts.id"], name=op.f("fk_makings_draft"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_makings")),
    )
    op.create_index(op.f("ix_makings_working"), "makings", ["working"])
    op.create_index(op.f("ix_makings_draft"), "makings", ["draft"])
