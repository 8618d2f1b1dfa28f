"""Jobs as callers see them, and the items of batches."""

from typing import Any

from alembic import op

revision = "0008"
down_revision = "0007"

CHANGES = """
CREATE TABLE jobs (
    id UUID NOT NULL,
    ticket BIGINT,
    queue TEXT NOT NULL,
    task TEXT NOT NULL,
    user_id UUID,
    subject TEXT,
    arguments JSONB DEFAULT '{}' NOT NULL,
    priority INTEGER DEFAULT '0' NOT NULL,
    lock TEXT,
    dedup TEXT,
    state TEXT DEFAULT 'queued' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    failures INTEGER DEFAULT '0' NOT NULL,
    fraction DOUBLE PRECISION,
    stage TEXT,
    result JSONB,
    error JSONB,
    total INTEGER,
    done INTEGER DEFAULT '0' NOT NULL,
    failed INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);

CREATE INDEX jobs_active ON jobs (id) WHERE state IN ('queued', 'running');

CREATE UNIQUE INDEX jobs_by_dedup ON jobs (dedup) WHERE dedup IS NOT NULL AND state IN ('queued', 'running');

CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;

CREATE INDEX jobs_by_owner ON jobs (user_id, id);

CREATE INDEX jobs_by_subject ON jobs (subject, id) WHERE subject IS NOT NULL;

CREATE INDEX jobs_by_ticket ON jobs (ticket);

CREATE TABLE job_items (
    job_id UUID NOT NULL,
    number INTEGER NOT NULL,
    subject TEXT,
    arguments JSONB DEFAULT '{}' NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    result JSONB,
    error JSONB,
    PRIMARY KEY (job_id, number),
    FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);

CREATE INDEX job_items_by_subject ON job_items (job_id, subject);

CREATE INDEX job_items_waiting ON job_items (job_id, number) WHERE state = 'waiting';

INSERT INTO jobs (id, ticket, queue, task, arguments)
    SELECT gen_random_uuid(), id,
        CASE WHEN queue_name = 'media' THEN 'probe' WHEN task_name = 'uploads.callback' THEN 'deliver' ELSE queue_name END,
        task_name, args
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing');

UPDATE procrastinate_jobs SET queue_name = jobs.queue, args = jsonb_build_object('job_id', jobs.id)
    FROM jobs WHERE ticket = procrastinate_jobs.id;

DELETE FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing');
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
