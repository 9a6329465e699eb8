"""the roles that prompts call"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("home", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("cohort_roles", sa.JSON(), nullable=False, server_default="{}")
        )
    with op.batch_alter_table("home", schema=None) as batch_op:
        batch_op.alter_column("cohort_roles", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("home", schema=None) as batch_op:
        batch_op.drop_column("cohort_roles")
