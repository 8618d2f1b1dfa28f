"""Who calls, and what they may do."""

from mediaworks.accounts.config import AccountsConfig
from mediaworks.accounts.model import ApiKey, Caller, NewApiKey, Role, Room, Scope, User
from mediaworks.accounts.policy import Policy
from mediaworks.accounts.service import Accounts

__all__ = ["Accounts", "AccountsConfig", "ApiKey", "Caller", "NewApiKey", "Policy", "Role", "Room", "Scope", "User"]
