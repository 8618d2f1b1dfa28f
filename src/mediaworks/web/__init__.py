"""The entrance for HTTP."""
