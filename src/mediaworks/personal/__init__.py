"""A user's data: all of it in one archive, or gone from every room."""

from mediaworks.personal.port import PersonalData
from mediaworks.personal.service import ERASE, Personal

__all__ = ["ERASE", "Personal", "PersonalData"]
