"""What handlers may name as a parameter, besides what they take from the request."""

from __future__ import annotations

from litestar.datastructures import State
from litestar.di import Provide

from mediaworks.accounts import Accounts
from mediaworks.accounts.http import authenticate
from mediaworks.app import App
from mediaworks.delivery import DeliveryConfig, SignedLinks
from mediaworks.media import MediaLibrary
from mediaworks.storage import BlobStore
from mediaworks.uploads import Uploads


def app(state: State) -> App:
    running: App = state.app
    return running


def accounts(state: State) -> Accounts:
    return app(state).accounts


def library(state: State) -> MediaLibrary:
    return app(state).library


def links(state: State) -> SignedLinks:
    return app(state).links


def store(state: State) -> BlobStore:
    return app(state).store


def uploads(state: State) -> Uploads:
    return app(state).uploads


def delivery_config(state: State) -> DeliveryConfig:
    return app(state).settings.delivery


DEPENDENCIES = {
    provide.__name__: Provide(provide, sync_to_thread=False)
    for provide in (app, accounts, library, links, store, uploads, delivery_config)
} | {"caller": Provide(authenticate)}
