"""People of every role, and objects that stand to them as a row of the table wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Connection, create_engine, make_url, text
from tests.web.authorisation.rules import ROLES
from tests.web.authorisation.table import FORM, PDF_FORM, PRESIGN, TUS, WEBHOOK

from mediaworks.testing.service import Service

UNKNOWN = "0190f0c0-0000-7000-8000-000000000000"
IDS = (
    "media_id",
    "share_id",
    "link_id",
    "upload_id",
    "job_id",
    "key_id",
    "group_id",
    "webhook_id",
    "delivery_id",
    "token",
    "playback",
)


@dataclass(frozen=True, slots=True)
class Person:
    """`id` is empty for the one without a name."""

    id: str
    name: str
    client: httpx.Client


@dataclass(frozen=True, slots=True)
class Thing:
    """The ids of an object by the names of the parameters of paths; `person`: who asks, when it must be another one."""

    ids: dict[str, str]
    person: Person | None = None


class World:
    """`thing` makes what is needed, once unless it is to be changed."""

    def __init__(self, service: Service, connection: Connection) -> None:
        self._service = service
        self._connection = connection
        self.admin = service.client()
        self.maker, self.stranger = self.new_person("user"), self.new_person("user")
        self.people = {role: self._nobody() if role == "anonymous" else self.new_person(role) for role in ROLES}
        self._things: dict[tuple[str, str, str], Thing] = {}

    def close(self) -> None:
        for person in (*self.people.values(), self.maker, self.stranger):
            person.client.close()
        self.admin.close()

    def new_person(self, role: str) -> Person:
        name = uuid4().hex
        user_id = _made(self.admin.post("/api/v1/users", json={"name": name, "role": role}))["id"]
        key = _made(self.admin.post("/api/v1/keys", json={"name": role, "user_id": user_id}))["key"]
        return Person(user_id, name, self._service.client(key))

    def expire_keys(self, person: Person) -> None:
        change = text("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE user_id = :user")
        self._connection.execute(change, {"user": person.id})

    def thing(self, kind: str, relation: str, role: str, *, fresh: bool) -> Thing:
        if relation == "-":
            return Thing({"role": "viewer"})
        if fresh:
            return self._new(kind, relation, self.people[role])
        known = (kind, relation, role)
        if known not in self._things:
            self._things[known] = self._new(kind, relation, self.people[role])
        return self._things[known]

    def _new(self, kind: str, relation: str, person: Person) -> Thing:
        if kind == "user":
            return self._user(relation, person)
        others = {
            "name": "a.pdf",
            "rendition": "240p",
            "number": "1",
            "track_id": UNKNOWN,
            "user_id": self.stranger.id,
            "stranger_id": self.stranger.id,
        }
        if relation == "unknown":
            return Thing(others | dict.fromkeys(IDS, UNKNOWN))
        return Thing(others | MAKERS[kind](self, relation, person))

    def media(self, relation: str, person: Person) -> dict[str, str]:
        content = PDF_FORM.replace(b"%%EOF", uuid4().hex.encode() + b"%%EOF")
        made = _made(self.maker.client.post("/api/v1/media/upload", content=content, headers=FORM))
        address = f"/api/v1/media/{made['id']}"
        if relation in {"own", "deleted"}:
            self._give("media_objects", made["id"], person)
        if relation == "deleted":
            _made(self.admin.delete(address))
        if relation in {"view", "edit"} and person.id:
            _made(self.maker.client.post(f"{address}/shares", json={"user_id": person.id, "access": relation}))
        if relation == "public":
            _made(self.maker.client.patch(address, json={"visibility": "public"}))
        return {"media_id": made["id"], "playback": made["id"]}

    def share(self, relation: str, person: Person) -> dict[str, str]:
        ids = self.media(relation, person)
        answer = self.admin.post(f"/api/v1/media/{ids['media_id']}/shares", json={"user_id": self.stranger.id})
        return ids | {"share_id": answer.json().get("id", UNKNOWN)}

    def link(self, relation: str, person: Person) -> dict[str, str]:
        ids = self.media(relation, person)
        made = self.admin.post(f"/api/v1/media/{ids['media_id']}/links", json={}).json()
        return ids | {"link_id": made.get("id", UNKNOWN), "token": made.get("url", "").rpartition("/")[2]}

    def upload(self, relation: str, person: Person) -> dict[str, str]:
        begun = self.maker.client.post("/api/v1/uploads", headers=TUS | {"upload-length": "9"})
        return self._own_upload(begun.headers["location"].rpartition("/")[2], relation, person)

    def session(self, relation: str, person: Person) -> dict[str, str]:
        told = {"filename": "a.pdf", "file_size": 9}
        begun = _made(self.maker.client.post("/api/v1/media/upload/multipart/init", json=told))
        return self._own_upload(begun["upload_id"], relation, person)

    def slot(self, relation: str, person: Person) -> dict[str, str]:
        begun = _made(self.maker.client.post("/api/v1/media/presign", json=PRESIGN))
        return self._own_upload(begun["id"], relation, person)

    def parted_slot(self, relation: str, person: Person) -> dict[str, str]:
        begun = _made(self.maker.client.post("/api/v1/media/presign", json=PRESIGN | {"multipart": True}))
        return self._own_upload(begun["id"], relation, person)

    def job(self, relation: str, person: Person) -> dict[str, str]:
        told = {"action": "delete", "ids": [str(uuid4())]}
        begun = _made(self.maker.client.post("/api/v1/media/batch", json=told))
        if relation == "own":
            self._give("jobs", begun["id"], person)
        return {"job_id": begun["id"]}

    def cancelled_job(self, relation: str, person: Person) -> dict[str, str]:
        ids = self.job(relation, person)
        _made(self.admin.post(f"/api/v1/jobs/{ids['job_id']}/cancel"))
        return ids

    def key(self, relation: str, person: Person) -> dict[str, str]:
        made = _made(self.maker.client.post("/api/v1/keys", json={"name": "a"}))
        if relation == "own":
            self._give("api_keys", made["id"], person)
        return {"key_id": made["id"]}

    def group(self, relation: str, person: Person) -> dict[str, str]:
        made = _made(self.admin.post("/api/v1/groups", json={"name": uuid4().hex}))
        members = [self.stranger.id, *([person.id] if relation == "own" and person.id else [])]
        for member in members:
            _made(self.admin.put(f"/api/v1/groups/{made['id']}/members/{member}"))
        return {"group_id": made["id"]}

    def webhook(self, relation: str, person: Person) -> dict[str, str]:
        made = _made(self.maker.client.post("/api/v1/webhooks", json=WEBHOOK))
        if relation == "own":
            self._give("webhooks", made["id"], person)
        return {"webhook_id": made["id"]}

    def delivery(self, relation: str, person: Person) -> dict[str, str]:
        self.media("foreign", person)
        (event,) = _made(self.maker.client.get("/api/v1/events/history?order=oldest&limit=1"))["items"]
        made = _made(self.maker.client.post("/api/v1/webhooks", json=WEBHOOK))
        address = f"/api/v1/webhooks/{made['id']}"
        _made(self.maker.client.post(f"{address}/replay", json={"event_ids": [event["id"]]}))
        (delivery,) = _made(self.maker.client.get(f"{address}/deliveries"))["items"]
        if relation == "own":
            self._give("webhooks", made["id"], person)
        return {"webhook_id": made["id"], "delivery_id": delivery["id"]}

    def preset(self, relation: str, person: Person) -> dict[str, str]:
        made = _made(self.maker.client.post("/api/v1/presets", json={"name": uuid4().hex}))
        if relation == "own" and person.id:
            change = text("UPDATE presets SET user_id = :user WHERE name = :name")
            self._connection.execute(change, {"user": person.id, "name": made["name"]})
        return {"name": made["name"]}

    def _user(self, relation: str, person: Person) -> Thing:
        if relation == "unknown":
            return Thing({"user_id": UNKNOWN, "name": "x"})
        role = next(role for role, known in self.people.items() if known is person)
        one = self.new_person("user" if relation == "foreign" or role == "anonymous" else role)
        return Thing({"user_id": one.id, "name": one.name}, one if relation == "own" and role != "anonymous" else None)

    def _own_upload(self, upload_id: str, relation: str, person: Person) -> dict[str, str]:
        if relation == "own":
            self._give("uploads", upload_id, person)
        return {"upload_id": upload_id}

    def _give(self, table: str, thing_id: str, person: Person) -> None:
        """To a viewer, too, who could not have made it."""
        if person.id:
            change = text(f"UPDATE {table} SET user_id = :user WHERE id = :id")
            self._connection.execute(change, {"user": person.id, "id": thing_id})

    def _nobody(self) -> Person:
        return Person("", "", httpx.Client(base_url=self._service.url, trust_env=False, timeout=30))


MAKERS: dict[str, Callable[[World, str, Person], dict[str, str]]] = {
    "media": World.media,
    "share": World.share,
    "link": World.link,
    "upload": World.upload,
    "session": World.session,
    "slot": World.slot,
    "parted_slot": World.parted_slot,
    "job": World.job,
    "cancelled_job": World.cancelled_job,
    "key": World.key,
    "group": World.group,
    "webhook": World.webhook,
    "delivery": World.delivery,
    "preset": World.preset,
}


@contextmanager
def world_of(service: Service) -> Iterator[World]:
    engine = create_engine(
        make_url(service.database_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        world = World(service, connection)
        yield world
        world.close()
    engine.dispose()


def _made(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json()
