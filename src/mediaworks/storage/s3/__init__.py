"""Blobs in a bucket of any S3: AWS, MinIO, R2, Ceph, Swift. Needs the extra `s3`."""

from mediaworks.storage.s3.store import S3Store

__all__ = ["S3Store"]
