"""Who may do what, as tables to be read: a line for each relation to the object, a letter for each role.

`+` it is done, `u` 401: who are you?, `f` 403: not you, `n` 404: there is nothing for you.
"""

from __future__ import annotations

ROLES = ("anonymous", "viewer", "user", "service", "admin")
STATUS = {"u": 401, "f": 403, "n": 404}

Rule = dict[str, str]
"""Relation to the object (`-` where there is none) to a letter for each of ROLES."""

PUBLIC: Rule = {"-": "+++++"}
KNOWN: Rule = {"-": "u++++"}
WRITE: Rule = {"-": "uf+++"}
ACCOUNT: Rule = {"-": "uf+++"}  # a viewer's key has no scope for accounts
ADMIN: Rule = {"-": "ufff+"}

LOOK_AT_MEDIA: Rule = {
    "own": "u++++",
    "view": "u++++",
    "edit": "u++++",
    "public": "u++++",
    "foreign": "unn++",
    "deleted": "unnnn",
    "unknown": "unnnn",
}
LOOK_AND_WRITE_MEDIA: Rule = {
    "own": "uf+++",
    "view": "uf+++",
    "edit": "uf+++",
    "public": "uf+++",
    "foreign": "ufn++",
    "deleted": "ufnnn",
    "unknown": "ufnnn",
}
EDIT_MEDIA: Rule = {
    "own": "uf+++",
    "view": "uff++",
    "edit": "uf+++",
    "public": "uff++",
    "foreign": "ufn++",
    "deleted": "ufnnn",
    "unknown": "ufnnn",
}
OWN_MEDIA: Rule = EDIT_MEDIA | {"edit": "uff++"}
OWN_DELETED_MEDIA: Rule = OWN_MEDIA | {"deleted": "uf+++"}
LOOK_AT_OWNED_MEDIA: Rule = {
    "own": "u++++",
    "view": "uff++",
    "edit": "uff++",
    "public": "uff++",
    "foreign": "unn++",
    "deleted": "unnnn",
    "unknown": "unnnn",
}
LOOK_AT_EDITED_MEDIA: Rule = LOOK_AT_OWNED_MEDIA | {"edit": "uf+++"}
ADMINISTER_MEDIA: Rule = {
    "own": "ufff+",
    "view": "ufff+",
    "edit": "ufff+",
    "public": "ufff+",
    "foreign": "ufff+",
    "deleted": "ufffn",
    "unknown": "ufffn",
}
OPEN_FILE: Rule = {
    "public": "+++++",
    "own": "nnnnn",
    "edit": "nnnnn",
    "foreign": "nnnnn",
    "deleted": "nnnnn",
    "unknown": "nnnnn",
}
NO_THUMBNAIL: Rule = OPEN_FILE | {"public": "nnnnn"}
OPEN_LINK: Rule = {"own": "+++++", "foreign": "+++++", "unknown": "nnnnn"}
SIGNED: Rule = {"own": "fffff", "foreign": "fffff", "unknown": "fffff"}

LOOK: Rule = {"own": "u++++", "foreign": "unn++", "unknown": "unnnn"}
CHANGE: Rule = {"own": "uf+++", "foreign": "ufn++", "unknown": "ufnnn"}
ADMINISTER: Rule = {"own": "ufff+", "foreign": "ufff+", "unknown": "ufffn"}
OWN_OR_ADMINISTER: Rule = {"own": "uf+++", "foreign": "ufnn+", "unknown": "ufnnn"}
LOOK_AT_ONES_OWN: Rule = {"own": "u++++", "foreign": "unnnn", "unknown": "unnnn"}
CHANGE_ONES_OWN: Rule = {"own": "uf+++", "foreign": "ufnnn", "unknown": "ufnnn"}
PUT_ONES_OWN: Rule = {"own": "uf+++", "foreign": "uf+++"}
