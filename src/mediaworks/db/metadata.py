"""The one MetaData object to which every room's tables belong."""

from sqlalchemy import MetaData

metadata = MetaData()
