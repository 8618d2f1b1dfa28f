"""What tests of the service, of its plugins and of applications on top of it can use; no part of the running service."""
