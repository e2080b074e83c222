"""the first tables"""

from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("inline", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("owner", "sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "meta",
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name=op.f("pk_meta")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trashed", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("ix_sessions_owner", ["owner", "updated"], unique=False)

    op.create_table(
        "pieces",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("session", sa.String(length=26), nullable=False),
        sa.Column("medium", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trashed", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_pieces_session"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pieces")),
    )
    with op.batch_alter_table("pieces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pieces_session"), ["session"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("session", sa.String(length=26), nullable=False),
        sa.Column("piece", sa.String(length=26), nullable=True),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("ask", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("boot", sa.String(length=26), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["piece"], ["pieces.id"], name=op.f("fk_jobs_piece"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_jobs_session"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_piece"), ["piece"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_session"), ["session"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_state"), ["state"], unique=False)

    op.create_table(
        "offers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("session", sa.String(length=26), nullable=False),
        sa.Column("piece", sa.String(length=26), nullable=True),
        sa.Column("job", sa.String(length=26), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_offers_job"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["piece"], ["pieces.id"], name=op.f("fk_offers_piece"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_offers_session"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_job"), ["job"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_piece"), ["piece"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_session"), ["session"], unique=False)

    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=66), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("piece", sa.String(length=26), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=True),
        sa.Column("offer", sa.String(length=26), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["offer"], ["offers.id"], name=op.f("fk_drafts_offer"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["piece"], ["pieces.id"], name=op.f("fk_drafts_piece"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_offer"), ["offer"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_piece"), ["piece"], unique=False)

    op.create_table(
        "choices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("offer", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("draft", sa.String(length=66), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["drafts.id"], name=op.f("fk_choices_draft"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["offer"], ["offers.id"], name=op.f("fk_choices_offer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choices")),
    )
    with op.batch_alter_table("choices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_choices_draft"), ["draft"], unique=False)
        batch_op.create_index(batch_op.f("ix_choices_offer"), ["offer"], unique=False)

    op.create_table(
        "draft_parents",
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("draft", sa.String(length=66), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parent", sa.String(length=66), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["drafts.id"], name=op.f("fk_draft_parents_draft"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent"], ["drafts.id"], name=op.f("fk_draft_parents_parent"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("draft", "position", name=op.f("pk_draft_parents")),
    )
    with op.batch_alter_table("draft_parents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_parents_parent"), ["parent"], unique=False)

    op.create_table(
        "workings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("piece", sa.String(length=26), nullable=False),
        sa.Column("base", sa.String(length=66), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["base"], ["drafts.id"], name=op.f("fk_workings_base"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["piece"], ["pieces.id"], name=op.f("fk_workings_piece"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workings")),
    )
    with op.batch_alter_table("workings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workings_base"), ["base"], unique=False)
        batch_op.create_index(batch_op.f("ix_workings_piece"), ["piece"], unique=False)
