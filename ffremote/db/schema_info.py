"""What the schema says about itself: the oldest program that may use it."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .models import Base


class SchemaInfo(Base):
    """The only row: `oldest_program` is the oldest version of ffremote that this schema is for.

    A migration that older programs cannot live with raises it.
    """

    __tablename__ = "schema_info"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    oldest_program: Mapped[str]
