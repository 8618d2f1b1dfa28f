"""A row for every operation of the service. A new route needs its row here; the suite says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.web.authorisation.rules import (
    ACCOUNT,
    ADMIN,
    ADMINISTER,
    ADMINISTER_MEDIA,
    CHANGE,
    CHANGE_ONES_OWN,
    EDIT_MEDIA,
    KNOWN,
    LOOK,
    LOOK_AND_WRITE_MEDIA,
    LOOK_AT_EDITED_MEDIA,
    LOOK_AT_MEDIA,
    LOOK_AT_ONES_OWN,
    LOOK_AT_OWNED_MEDIA,
    NO_THUMBNAIL,
    OPEN_FILE,
    OPEN_LINK,
    OWN_DELETED_MEDIA,
    OWN_MEDIA,
    OWN_OR_ADMINISTER,
    PUBLIC,
    PUT_ONES_OWN,
    SIGNED,
    WRITE,
    Rule,
)  # fmt: skip

Thing = Mapping[str, str]
TUS = {"tus-resumable": "1.0.0"}
OCTETS = TUS | {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
FORM = {"content-type": "multipart/form-data; boundary=x"}
WEBHOOK = {"url": "http://127.0.0.1:9/hook", "events": ["*"]}  # nobody listens there
CAPTIONS_FORM = (
    b'--x\r\ncontent-disposition: form-data; name="language"\r\n\r\nen\r\n--x\r\ncontent-disposition: form-data; name="file"; '
    b'filename="a.vtt"\r\n\r\nWEBVTT\r\n--x--\r\n'
)
PDF_FORM = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n%%EOF\r\n--x--\r\n'


def any_name(thing: Thing) -> dict[str, Any]:
    return {"name": uuid4().hex}


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: who may, on an object of which kind, and a request that is good.

    `done`: statuses that say so, where they are not those of success. `changes`: each who may gets an object of its own.
    """

    operation: str
    rule: Rule
    kind: str = "media"
    json: Callable[[Thing], Any] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    done: frozenset[int] = frozenset(range(200, 300))
    changes: bool = False


MEDIA = (
    Row("getApiV1Media", KNOWN),
    Row("getApiV1MediaMediaId", LOOK_AT_MEDIA),
    Row("getApiV1MediaMediaIdMetadata", LOOK_AT_MEDIA),
    Row("getApiV1MediaMediaIdThumbnails", LOOK_AT_MEDIA),
    Row("getApiV1MediaMediaIdInfo", LOOK_AT_MEDIA),
    Row("getApiV1MediaMediaIdWaveform", LOOK_AT_MEDIA, done=frozenset({202, 415})),
    Row("getApiV1MediaMediaIdLoudness", LOOK_AT_MEDIA, done=frozenset({202, 415})),
    Row("getApiV1MediaMediaIdSimilar", LOOK_AT_MEDIA, done=frozenset({200, 422})),
    Row("getApiV1MediaNearDuplicates", KNOWN),
    Row("getApiV1MediaMediaIdDownload", LOOK_AT_MEDIA),
    Row("headApiV1MediaMediaIdDownload", LOOK_AT_MEDIA),
    Row("patchApiV1MediaMediaId", EDIT_MEDIA, json=lambda _: {"tags": ["a"]}),
    Row("deleteApiV1MediaMediaId", OWN_MEDIA, changes=True),
    Row("postApiV1MediaMediaIdRestore", OWN_DELETED_MEDIA, done=frozenset({200, 409}), changes=True),
    Row("postApiV1MediaMediaIdRelease", ADMINISTER_MEDIA, done=frozenset({200, 409})),
    Row("postApiV1MediaBatch", WRITE, json=lambda _: {"action": "delete", "ids": [str(uuid4())]}),
    Row("getMedia", KNOWN),
    Row("getMediaMediaId", LOOK_AT_MEDIA),
    Row("deleteMediaMediaId", OWN_MEDIA, changes=True),
    Row("getFMediaIdName", OPEN_FILE),
    Row("headFMediaIdName", OPEN_FILE),
    Row("getFMediaIdThumbnailsName", NO_THUMBNAIL),
    Row("headFMediaIdThumbnailsName", NO_THUMBNAIL),
    Row("getFMediaIdRenditionsName", NO_THUMBNAIL),
    Row("headFMediaIdRenditionsName", NO_THUMBNAIL),
)

NOT_CURRENT = frozenset({200, 204, 409})
VERSIONS = (
    Row("getApiV1MediaMediaIdVersions", LOOK_AT_EDITED_MEDIA),
    Row("getApiV1MediaMediaIdVersionsNumberDownload", LOOK_AT_EDITED_MEDIA),
    Row("headApiV1MediaMediaIdVersionsNumberDownload", LOOK_AT_EDITED_MEDIA),
    Row("postApiV1MediaMediaIdVersionsNumberRestore", EDIT_MEDIA, done=NOT_CURRENT),
    Row("deleteApiV1MediaMediaIdVersionsNumber", OWN_MEDIA, done=NOT_CURRENT),
)

SHARING = (
    Row("postApiV1MediaMediaIdShares", OWN_MEDIA, json=lambda thing: {"user_id": thing["stranger_id"]}),
    Row("getApiV1MediaMediaIdShares", LOOK_AT_OWNED_MEDIA),
    Row("deleteApiV1MediaMediaIdSharesShareId", OWN_MEDIA, kind="share", changes=True),
    Row("postApiV1MediaMediaIdLinks", OWN_MEDIA, json=lambda _: {}),
    Row("getApiV1MediaMediaIdLinks", LOOK_AT_OWNED_MEDIA),
    Row("deleteApiV1MediaMediaIdLinksLinkId", OWN_MEDIA, kind="link", changes=True),
    Row("getSToken", OPEN_LINK, kind="link"),
    Row("headSToken", OPEN_LINK, kind="link"),
    Row("postSToken", OPEN_LINK, kind="link", content=b"password=x", headers={"content-type": "application/x-www-form-urlencoded"}),
)  # fmt: skip

PRESIGN = {"filename": "a.pdf", "fileType": "application/pdf", "sizeBytes": 15}
UPLOADS = (
    Row("postApiV1MediaUpload", WRITE, content=PDF_FORM, headers=FORM),
    Row("postMediaUpload", WRITE, content=PDF_FORM, headers=FORM),
    Row("postApiV1StreamingUploadStream", WRITE, content=PDF_FORM, headers=FORM),
    Row("postApiV1StreamingUploadMultiple", WRITE, content=PDF_FORM, headers=FORM),
    Row("postApiV1StreamingUploadStreamMultiple", WRITE, content=PDF_FORM, headers=FORM),
    Row("getApiV1StreamingUploadLimits", PUBLIC),
    Row("getApiV1StreamingUploadProgress", LOOK, kind="upload", query="?upload_id={upload_id}"),
    Row("getApiV1StreamingUploadStreamProgress", LOOK, kind="upload", query="?upload_id={upload_id}"),
    Row("optionsApiV1Uploads", PUBLIC),
    Row("getApiV1Uploads", KNOWN),
    Row("postApiV1Uploads", WRITE, headers=TUS | {"upload-length": "9"}),
    Row("getApiV1UploadsUploadId", LOOK, kind="upload"),
    Row("headApiV1UploadsUploadId", CHANGE, kind="upload", headers=TUS),
    Row("patchApiV1UploadsUploadId", CHANGE, kind="upload", content=b"%PDF", headers=OCTETS, changes=True),
    Row(
        "postApiV1UploadsUploadId", CHANGE, kind="upload", content=b"%PDF",
        headers=OCTETS | {"x-http-method-override": "PATCH"}, changes=True,
    ),
    Row("deleteApiV1UploadsUploadId", CHANGE, kind="upload", headers=TUS, changes=True),
    Row("postApiV1MediaUploadMultipartInit", WRITE, json=lambda _: {"filename": "a.pdf", "file_size": 9}),
    Row("getApiV1MediaUploadMultipartStatus", CHANGE, kind="session", query="?upload_id={upload_id}"),
    Row("getApiV1MediaUploadMultipartUploadId", CHANGE, kind="session"),
    Row("getApiV1MediaUploadMultipartUploadIdStatus", CHANGE, kind="session"),
    Row(
        "postApiV1MediaUploadMultipartChunk", CHANGE, kind="session", content=b"%PDF-1.7\n",
        query="?upload_id={upload_id}&chunk_number=0",
    ),
    Row(
        "postApiV1MediaUploadMultipartComplete", CHANGE, kind="session", json=lambda thing: {"upload_id": thing["upload_id"]},
        done=frozenset({200, 409}), changes=True,
    ),
    Row(
        "postApiV1MediaUploadMultipartAbort", CHANGE, kind="session", json=lambda thing: {"upload_id": thing["upload_id"]},
        changes=True,
    ),
    Row("deleteApiV1MediaUploadMultipartUploadId", CHANGE, kind="session", changes=True),
    Row("postApiV1MediaPresign", WRITE, json=lambda _: PRESIGN),
    Row("postMediaPresign", WRITE, json=lambda _: PRESIGN),
    Row("postApiV1MediaPresignBatch", WRITE, json=lambda _: {"items": [PRESIGN]}),
    Row("postApiV1MediaPresignUploadIdConfirm", CHANGE, kind="slot", done=frozenset({200, 409})),
    Row("postMediaPresignUploadIdConfirm", CHANGE, kind="slot", done=frozenset({200, 409})),
    Row("postApiV1MediaPresignUploadIdParts", CHANGE, kind="parted_slot", json=lambda _: {"partNumbers": [1]}),
    Row("putApiV1MediaPresignUploadIdContent", SIGNED, kind="slot", content=b"%PDF"),
    Row("putApiV1MediaPresignUploadIdPartsNumber", SIGNED, kind="slot", content=b"%PDF"),
    Row("postApiV1MediaImport", WRITE, json=lambda _: {"url": "data:application/pdf,%25PDF-1.7"}),
)  # fmt: skip

JOBS = (
    Row("getApiV1Jobs", KNOWN),
    Row("getApiV1JobsJobId", LOOK, kind="job"),
    Row("getApiV1JobsJobIdItems", LOOK, kind="job"),
    Row("getApiV1JobsJobIdEvents", LOOK, kind="job"),
    Row("postApiV1JobsJobIdCancel", CHANGE, kind="job", changes=True),
    Row("postApiV1JobsJobIdRetry", CHANGE, kind="cancelled_job", done=frozenset({200, 409}), changes=True),
)

ACCOUNTS = (
    Row("getApiV1Keys", ACCOUNT),
    Row("postApiV1Keys", ACCOUNT, json=any_name),
    Row("patchApiV1KeysKeyId", OWN_OR_ADMINISTER, kind="key", json=any_name),
    Row("deleteApiV1KeysKeyId", OWN_OR_ADMINISTER, kind="key", changes=True),
    Row("getApiV1Users", ADMIN),
    Row("getApiV1UsersUserId", OWN_OR_ADMINISTER, kind="user"),
    Row("patchApiV1UsersUserId", ADMINISTER, kind="user", json=any_name, changes=True),
    Row("putApiV1UsersUserIdPolicy", ADMINISTER, kind="user", json=lambda _: {}),
    Row("postApiV1Users", ADMIN, json=any_name),
    Row("getApiV1UsersUserIdExport", OWN_OR_ADMINISTER, kind="user"),
    Row(
        "postApiV1UsersUserIdErase", OWN_OR_ADMINISTER, kind="user", json=lambda thing: {"name": thing["name"]},
        changes=True,
    ),
    Row("getApiV1Policies", ADMIN),
    Row("putApiV1PoliciesRole", ADMIN, kind="role", json=lambda _: {}),
    Row("getApiV1Groups", KNOWN),
    Row("postApiV1Groups", ADMIN, json=any_name),
    Row("getApiV1GroupsGroupId", LOOK, kind="group"),
    Row("patchApiV1GroupsGroupId", ADMINISTER, kind="group", json=any_name),
    Row("deleteApiV1GroupsGroupId", ADMINISTER, kind="group", changes=True),
    Row("putApiV1GroupsGroupIdMembersUserId", ADMINISTER, kind="group"),
    Row("deleteApiV1GroupsGroupIdMembersUserId", ADMINISTER, kind="group", changes=True),
    Row("getApiV1Audit", ADMIN),
    Row("getApiV1AuditVerify", ADMIN),
)  # fmt: skip

EVENTS = (
    Row("getApiV1Events", KNOWN),
    Row("getApiV1EventsHistory", KNOWN),
    Row("getApiV1EventsTypes", KNOWN),
    Row("getApiV1EventsSinks", ADMIN),
    Row("getApiV1Webhooks", KNOWN),
    Row("postApiV1Webhooks", WRITE, json=lambda _: WEBHOOK),
    Row("getApiV1WebhooksWebhookId", LOOK, kind="webhook"),
    Row("patchApiV1WebhooksWebhookId", CHANGE, kind="webhook", json=lambda _: {"description": "b"}),
    Row("deleteApiV1WebhooksWebhookId", CHANGE, kind="webhook", changes=True),
    Row("postApiV1WebhooksWebhookIdRotateSecret", CHANGE, kind="webhook", changes=True),
    Row("postApiV1WebhooksWebhookIdTest", CHANGE, kind="webhook"),
    Row("postApiV1WebhooksWebhookIdReplay", CHANGE, kind="webhook", json=lambda _: {"only_failed": True}),
    Row("getApiV1WebhooksWebhookIdDeliveries", LOOK, kind="webhook"),
    Row("getApiV1WebhooksWebhookIdDeliveriesDeliveryId", LOOK, kind="delivery"),
    Row("postApiV1WebhooksWebhookIdDeliveriesDeliveryIdRetry", CHANGE, kind="delivery"),
)

PICTURE = {"operations": [{"type": "grayscale"}]}
NO_PICTURE = frozenset({415})  # the files of these tests are PDFs: who may hears that
PROCESS = (
    Row("postApiV1ProcessMediaId", LOOK_AND_WRITE_MEDIA, json=lambda _: PICTURE, done=NO_PICTURE),
    Row("getApiV1ProcessMediaIdStatus", LOOK_AT_MEDIA),
    Row("postApiV1ProcessBatch", WRITE, json=lambda _: PICTURE | {"ids": [str(uuid4())]}),
    Row("getApiV1ProcessOperations", PUBLIC),
    Row("getApiV1ProcessFilters", PUBLIC),
    Row("postApiV1ProcessMediaIdSrcset", EDIT_MEDIA, json=lambda _: {}, done=frozenset({415})),
    Row("deleteApiV1ProcessMediaIdSrcset", EDIT_MEDIA),
    Row("getApiV1Presets", KNOWN),
    Row("postApiV1Presets", WRITE, json=any_name),
    Row("getApiV1PresetsName", LOOK_AT_ONES_OWN, kind="preset"),
    Row("putApiV1PresetsName", PUT_ONES_OWN, kind="preset", json=lambda _: {}, changes=True),
    Row("deleteApiV1PresetsName", CHANGE_ONES_OWN, kind="preset", changes=True),
)

STREAM = (
    Row("getApiV1StreamMediaId", LOOK_AT_MEDIA, done=NO_PICTURE),
    Row("headApiV1StreamMediaId", LOOK_AT_MEDIA, done=NO_PICTURE),
    Row("postApiV1StreamMediaIdPlayback", LOOK_AT_MEDIA, json=lambda _: {}, done=NO_PICTURE),
    Row("getApiV1StreamMediaIdHlsPlaylistM3U8", LOOK_AT_MEDIA, done=NO_PICTURE),
    Row("getApiV1StreamMediaIdHlsRenditionName", LOOK_AT_MEDIA, done=NO_PICTURE),
    Row("getApiV1StreamMediaIdDashManifestMpd", LOOK_AT_MEDIA, done=NO_PICTURE),
    Row("getVPlaybackHlsPlaylistM3U8", OPEN_FILE, done=NO_PICTURE),
    Row("getVPlaybackHlsRenditionName", OPEN_FILE, done=NO_PICTURE),
    Row("getVPlaybackDashManifestMpd", OPEN_FILE, done=NO_PICTURE),
    Row("getVPlaybackCaptionsName", OPEN_FILE, done=NO_PICTURE),
    Row("getVPlaybackCaptionsTrackIdPlaylistM3U8", OPEN_FILE, done=NO_PICTURE),
    Row("getVPlaybackCaptionsTrackIdName", OPEN_FILE, done=NO_PICTURE),
    Row("getVPlaybackStoryboardVtt", OPEN_FILE, done=NO_PICTURE),
    Row("getVPlaybackChaptersVtt", OPEN_FILE, done=NO_PICTURE),
    Row("getVPlaybackName", OPEN_FILE, done=NO_PICTURE),
)

NOT_PLAYABLE = frozenset({415})  # as those of PROCESS
PLAYERS = (
    Row("getApiV1MediaMediaIdCaptions", LOOK_AT_MEDIA, done=NOT_PLAYABLE),
    Row("postApiV1MediaMediaIdCaptions", EDIT_MEDIA, content=CAPTIONS_FORM, headers=FORM, done=NOT_PLAYABLE),
    Row("deleteApiV1MediaMediaIdCaptionsTrackId", EDIT_MEDIA, done=frozenset({404})),
    Row("getApiV1StreamMediaIdCaptionsName", LOOK_AT_MEDIA, done=NOT_PLAYABLE),
    Row("getApiV1StreamMediaIdCaptionsTrackIdPlaylistM3U8", LOOK_AT_MEDIA, done=NOT_PLAYABLE),
    Row("getApiV1StreamMediaIdCaptionsTrackIdName", LOOK_AT_MEDIA, done=NOT_PLAYABLE),
    Row("getApiV1StreamMediaIdStoryboardVtt", LOOK_AT_MEDIA, done=NOT_PLAYABLE),
    Row("getApiV1StreamMediaIdChaptersVtt", LOOK_AT_MEDIA, done=NOT_PLAYABLE),
    Row("getApiV1StreamMediaIdName", LOOK_AT_MEDIA, done=NOT_PLAYABLE),
)

HEALTH = frozenset({200, 503})
OPERATING = (
    Row("getHealth", PUBLIC, done=HEALTH),
    Row("getHealthLive", PUBLIC),
    Row("getHealthReady", PUBLIC, done=HEALTH),
    Row("getMetrics", PUBLIC),
)

ROWS = (*MEDIA, *VERSIONS, *SHARING, *UPLOADS, *JOBS, *ACCOUNTS, *EVENTS, *PROCESS, *STREAM, *PLAYERS, *OPERATING)
