"""Who did what, when, from where, and how it ended: rows that are only ever added, chained by hash."""

from mediaworks.accounts.audit.config import AuditConfig
from mediaworks.accounts.audit.model import Broken, Entry, Head, Row, Verdict
from mediaworks.accounts.audit.reading import CHANGES_NOTHING, foreign_reads, note_foreign_reads
from mediaworks.accounts.audit.service import AuditLog

__all__ = [
    "CHANGES_NOTHING",
    "AuditConfig",
    "AuditLog",
    "Broken",
    "Entry",
    "Head",
    "Row",
    "Verdict",
    "foreign_reads",
    "note_foreign_reads",
]
