"""Groups, shares, share links, and users whose data was erased."""

from typing import Any

from alembic import op

revision = "0005"
down_revision = "0004"

CHANGES = """
CREATE TABLE groups (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    policy JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE group_members (
    group_id UUID NOT NULL,
    user_id UUID NOT NULL,
    PRIMARY KEY (group_id, user_id),
    FOREIGN KEY(group_id) REFERENCES groups (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX group_members_by_user ON group_members (user_id, group_id);

CREATE TABLE media_shares (
    id UUID NOT NULL,
    media_id UUID NOT NULL,
    user_id UUID,
    group_id UUID,
    access TEXT NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    CHECK (num_nonnulls(user_id, group_id) = 1),
    UNIQUE (media_id, user_id),
    UNIQUE (media_id, group_id),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id),
    FOREIGN KEY(group_id) REFERENCES groups (id) ON DELETE CASCADE
);

CREATE INDEX media_shares_by_user ON media_shares (user_id, media_id);

CREATE INDEX media_shares_by_group ON media_shares (group_id, media_id);

CREATE TABLE share_links (
    id UUID NOT NULL,
    media_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    password_hash BYTEA,
    expires_at TIMESTAMP WITH TIME ZONE,
    max_downloads BIGINT,
    downloads BIGINT DEFAULT '0' NOT NULL,
    tries TIMESTAMP WITH TIME ZONE[] DEFAULT '{}' NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (token_hash),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE CASCADE
);

CREATE INDEX share_links_by_media ON share_links (media_id, id);
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
