"""A server on this machine that speaks the protocol of S3, for sweeps that are kept there."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import pytest

BUCKET = "bucket"


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """Serve an empty bucket, and point this process and those that it starts there; give the server's address."""
    pytest.importorskip("s3fs", reason="the driver of S3 is not installed")
    server_module = pytest.importorskip("moto.server", reason="no server of S3's protocol is installed")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }.items():
            patch.setenv(name, value)
        forget_clients()
        import boto3

        boto3.client("s3").create_bucket(Bucket=BUCKET)
        try:
            yield f"http://{host}:{port}"
        finally:
            forget_clients()
            server.stop()


def forget_clients() -> None:
    """Let what the environment says count anew."""
    import fsspec

    fsspec.get_filesystem_class("s3").clear_instance_cache()
