"""what a community in several homes needs: contacts, and where reflections were written"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Communities that are there go on as they did: what is published is posted everywhere."""
    spread: sa.Column[bool] = sa.Column(
        "spread_reflections", sa.Boolean(), nullable=False, server_default=sa.true()
    )
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.add_column(spread)
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.alter_column("spread_reflections", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.alter_column("contact", existing_type=sa.String(), server_default=None)
    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.add_column(sa.Column("home_id", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.drop_column("home_id")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_column("contact")
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.drop_column("spread_reflections")
